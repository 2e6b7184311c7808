import type { LeadScored } from '@baton/contracts/lead-scores';
import type { Sql } from '@baton/persistence/sql';

/** Stores the newest scores per lead; answers the leads whose persona is another one than before. */
export async function saveScores(sql: Sql, newest: ReadonlyMap<string, LeadScored>): Promise<readonly string[]> {
  if (newest.size === 0) return [];
  const leads = [...newest.keys()];
  const facts = [...newest.values()];
  // A subquery in `returning` sees the table as it was before the statement.
  const rows = await sql.query<{ lead: string; persona: string; before: string | null }>(
    `insert into scores (lead, fit, engagement, total, grade, as_of, persona, cycle)
     select * from unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::text[], $6::timestamptz[], $7::text[], $8::int[])
     on conflict (lead) do update set fit = excluded.fit, engagement = excluded.engagement, total = excluded.total,
       grade = excluded.grade, as_of = excluded.as_of, persona = excluded.persona, cycle = excluded.cycle
     returning lead, persona, (select old.persona from scores old where old.lead = scores.lead) as before`,
    [
      leads,
      facts.map((fact) => fact.scores.fit),
      facts.map((fact) => fact.scores.engagement),
      facts.map((fact) => fact.scores.total),
      facts.map((fact) => fact.scores.grade),
      facts.map((fact) => fact.scores.asOf),
      facts.map((fact) => fact.persona),
      facts.map((fact) => fact.cycle),
    ],
  );
  return rows.filter((row) => row.persona !== (row.before ?? 'unknown')).map((row) => row.lead);
}
