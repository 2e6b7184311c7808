import type { LeadAssigned } from '@baton/contracts/lead-assignments';
import type { Sql } from '@baton/persistence/sql';

export interface StoredAssignment {
  readonly lead: string;
  readonly position: number;
  readonly fact: LeadAssigned;
}

/** Adds assignments and makes the newest of each lead its owner. */
export async function saveAssignments(sql: Sql, assignments: readonly StoredAssignment[]): Promise<void> {
  if (assignments.length === 0) return;
  await sql.query(
    `insert into assignments (lead, position, cycle, at, rep, team)
     select * from unnest($1::text[], $2::bigint[], $3::int[], $4::timestamptz[], $5::text[], $6::text[])
     on conflict do nothing`,
    [
      assignments.map((row) => row.lead),
      assignments.map((row) => row.position),
      assignments.map((row) => row.fact.cycle),
      assignments.map((row) => row.fact.at),
      assignments.map((row) => row.fact.owner.rep),
      assignments.map((row) => row.fact.owner.team),
    ],
  );
  await sql.query(
    `insert into owners (lead, cycle, rep, team, since)
     select distinct on (lead) lead, cycle, rep, team, at from assignments where lead = any($1::text[]) order by lead, position desc
     on conflict (lead) do update set cycle = excluded.cycle, rep = excluded.rep, team = excluded.team, since = excluded.since`,
    [assignments.map((row) => row.lead)],
  );
}
