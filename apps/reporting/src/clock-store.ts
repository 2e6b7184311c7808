import type { Clock } from '@baton/contracts/sla-clocks';
import type { Sql } from '@baton/persistence/sql';

/** Stores whole clocks, each at most once. */
export async function saveClocks(
  sql: Sql,
  rows: readonly { readonly lead: string; readonly clock: Clock }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `insert into clocks (id, lead, cycle, sla, state, started_at, due_at, met_at, breached_at, owner, calendar, clock)
     select * from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
       $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::text[])
     on conflict (id) do update set sla = excluded.sla, state = excluded.state, started_at = excluded.started_at,
       due_at = excluded.due_at, met_at = excluded.met_at, breached_at = excluded.breached_at, owner = excluded.owner,
       calendar = excluded.calendar, clock = excluded.clock`,
    [
      rows.map((row) => row.clock.id),
      rows.map((row) => row.lead),
      ...(['cycle', 'sla', 'state', 'startedAt', 'dueAt', 'metAt', 'breachedAt', 'owner', 'calendar'] as const).map(
        (field) => rows.map((row) => row.clock[field]),
      ),
      rows.map((row) => JSON.stringify(row.clock)),
    ],
  );
}
