import type { Batch } from '@baton/messaging/record';
import type { DataOf } from '@baton/contracts/envelope';
import type { visitorEventAccepted } from '@baton/contracts/visitor-events';
import type { Sql } from '@baton/persistence/sql';

/** Counts each visitor once, from the earliest of the events that brought it. The topic is keyed by source and visitor. */
export async function countVisitors(batch: Batch, sql: Sql): Promise<void> {
  const first = new Map<string, string>();
  for (const { key, envelope } of batch.records) {
    const { at } = envelope.data as DataOf<typeof visitorEventAccepted>;
    const known = first.get(key);
    if (known === undefined || at < known) first.set(key, at);
  }
  await sql.query(
    `insert into visitors (visitor, first_at) select * from unnest($1::text[], $2::timestamptz[]) on conflict do nothing`,
    [[...first.keys()], [...first.values()]],
  );
}

/** Visitors first seen in `[from, to)`; a null bound is open. */
export async function visitorsBetween(sql: Sql, from: string | null, to: string | null): Promise<number> {
  const rows = await sql.query<{ count: string }>(
    `select count(*) as count from visitors
     where ($1::timestamptz is null or first_at >= $1) and ($2::timestamptz is null or first_at < $2)`,
    [from, to],
  );
  return Number(rows[0]?.count ?? 0);
}
