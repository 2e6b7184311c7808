import type { Roster } from '@baton/domain/routing/roster';
import type { Sql } from '@baton/persistence/sql';

export interface RosterRow {
  readonly version: number;
  readonly roster: Roster;
  readonly publishedAt: string;
}

/** 0 before the first. */
export async function newestRosterVersion(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ version: number | null }>('select max(version) as version from rosters');
  return row?.version ?? 0;
}

export async function readRoster(sql: Sql, version: number): Promise<RosterRow | null> {
  const [row] = await sql.query<{ roster: string; published_at: Date }>(
    'select roster, published_at from rosters where version = $1',
    [version],
  );
  return row
    ? { version, roster: JSON.parse(row.roster) as Roster, publishedAt: row.published_at.toISOString() }
    : null;
}

/** False when somebody else gave that version number away first. */
export async function insertRoster(sql: Sql, { version, roster, publishedAt }: RosterRow): Promise<boolean> {
  const rows = await sql.query(
    'insert into rosters (version, roster, published_at) values ($1, $2, $3) on conflict do nothing returning version',
    [version, JSON.stringify(roster), publishedAt],
  );
  return rows.length > 0;
}
