import type { Database, Sql } from '@baton/persistence/sql';

/** Appends with numbers from a transaction of their own, as a sequence or an identity column would. */
export async function takeNumbersEarly(
  database: Database,
  sql: Sql,
  _text: string,
  [names, partitions, counts, ...chunk]: readonly unknown[],
): Promise<unknown[]> {
  const rows = await database.query<{ topic: string; partition: number; first: string }>(
    `insert into outbox_counters as counters (topic, partition, next)
     select * from unnest($1::text[], $2::int[], $3::int[])
     on conflict (topic, partition) do update set next = counters.next + excluded.next
     returning topic, partition, next - ($3::int[])[1] as first`,
    [names, partitions, counts],
  );
  const [, , , count, payload] = chunk;
  const [row] = rows;
  await sql.query(
    'insert into outbox_segments (topic, partition, first, count, bytes, payload) values ($1, $2, $3, $4, length($5), $5)',
    [row?.topic, row?.partition, row?.first, count, payload],
  );
  return rows;
}

/** The next number of a lead, read and written without a lock on the lead. */
export async function sequenceWithoutLock(sql: Sql, lead: string): Promise<number> {
  const [row] = await sql.query<{ sequence: number }>('select sequence from counters where lead = $1', [lead]);
  return (row?.sequence ?? 0) + 1;
}

/** Sessions of this database that wait for a lock. */
export async function countWaiting(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ waiting: number }>(
    `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return row?.waiting ?? 0;
}
