import type { Roster } from '@baton/domain/routing/roster';
import type { Sql } from '@baton/persistence/sql';

export async function saveRosters(sql: Sql, rosters: readonly { version: number; roster: unknown }[]): Promise<void> {
  await sql.query(
    `insert into rosters (version, roster) select * from unnest($1::integer[], $2::text[]) on conflict (version) do nothing`,
    [rosters.map(({ version }) => version), rosters.map(({ roster }) => JSON.stringify(roster))],
  );
}

/** The roster of this version, else the next one kept: older ones may have left the compacted topic before they were read. */
export async function readRosterFrom(sql: Sql, version: number): Promise<{ version: number; roster: Roster } | null> {
  const [row] = await sql.query<{ version: number; roster: string }>(
    'select version, roster from rosters where version >= $1 order by version limit 1',
    [version],
  );
  return row ? { version: row.version, roster: JSON.parse(row.roster) as Roster } : null;
}
