import type { Sql } from '@baton/persistence/sql';

export async function keepArrivals(sql: Sql, kinds: readonly string[]): Promise<void> {
  await sql.query('insert into arrivals (kind, at) select unnest($1::text[]), now() on conflict do nothing', [
    kinds.toSorted(),
  ]);
}

export async function readArrivals(sql: Sql): Promise<Set<string>> {
  const rows = await sql.query<{ kind: string }>('select kind from arrivals');
  return new Set(rows.map(({ kind }) => kind));
}
