import type { Sql } from '@baton/persistence/sql';

/** Ends sessions from outside, as a failing network would. */
export async function endSessions(sql: Sql, applicationName: string): Promise<void> {
  await sql.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()',
    [applicationName],
  );
}

/** Deletes segments of ingest's log, as an operator's mistake would. */
export async function loseSegments(
  sql: Sql,
  range: { topic: string; partition: number; from: number; to: number },
): Promise<void> {
  await sql.query(
    'delete from ingest.outbox_segments where topic = $1 and partition = $2 and first between $3 and $4',
    [range.topic, range.partition, range.from, range.to],
  );
}

/** Makes everything written so far older by some days. */
export async function ageSegments(sql: Sql, days: number): Promise<void> {
  await sql.query(`update outbox_segments set written_at = written_at - make_interval(days => $1)`, [days]);
}

/** Lets a relay believe that nothing was shipped and that nobody ships. */
export async function forgetRelayed(sql: Sql): Promise<void> {
  await sql.query('delete from relayed');
  await sql.query('delete from relay_lease');
}

/** Which process ships an outbox. */
export async function holderOfLease(sql: Sql): Promise<string | undefined> {
  const [lease] = await sql.query<{ holder: string }>('select holder from relay_lease');
  return lease?.holder;
}

/** The key of every record that is in the history. */
export async function keysInHistory(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ key: string }>(
    `select record ->> 0 as key from history_segments, json_array_elements(payload::json) as record order by key`,
  );
  return rows.map(({ key }) => key);
}

/** Erased keys that no pass over the history has taken out yet. */
export async function waitingKeys(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ key: string }>('select key from erased_keys where not swept');
  return rows.map(({ key }) => key);
}

/** The key of every record that is in the log, in its order. */
export async function keysInLog(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ key: string }>(
    `select record ->> 0 as key from outbox_segments, json_array_elements(payload::json) as record order by first`,
  );
  return rows.map(({ key }) => key);
}

/** What was published last, as it is stored. */
export async function newestSegment(sql: Sql): Promise<{ bytes: number; payload: string }> {
  const [segment] = await sql.query<{ bytes: number; payload: string }>(
    'select bytes, payload from outbox_segments order by written_at desc limit 1',
  );
  if (!segment) throw new Error('Nothing was published');
  return segment;
}

/** Gives a topic a history of so many segments with a record each. */
export async function fillHistory(sql: Sql, topic: string, segments: number): Promise<void> {
  await sql.query(`create table history_of_test partition of history_segments default`);
  await sql.query(
    `insert into history_segments (topic, partition, first, count, payload, written_at)
     select $1, 0, first, 1, '[]', now() from generate_series(0, $2 - 1) as first`,
    [topic, segments],
  );
  await sql.query('analyze history_segments');
}

/** Gives a topic an outbox of so many segments with a record each, all shipped but the last two. */
export async function fillShippedLog(sql: Sql, topic: string, segments: number): Promise<void> {
  await sql.query(
    `insert into outbox_segments (topic, partition, first, count, bytes, payload)
     select $1, 0, first, 1, 2, '[]' from generate_series(0, $2 - 1) as first`,
    [topic, segments],
  );
  await sql.query('insert into outbox_counters (topic, partition, next) values ($1, 0, $2)', [topic, segments]);
  await sql.query('insert into relayed (topic, partition, next) values ($1, 0, $2)', [topic, segments - 2]);
  await sql.query('analyze outbox_segments');
}

/** Rows that this transaction has looked at so far in a table and in those whose names begin like it. */
export async function rowsReadOf(sql: Sql, table: string): Promise<number> {
  const [row] = await sql.query<{ rows: string }>(
    `select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) as rows from pg_stat_xact_user_tables
     where schemaname = current_schema() and starts_with(relname, $1)`,
    [table],
  );
  return Number(row?.rows);
}

/** Until the transaction ends another process goes through this service's compacted topics. */
export async function holdThinning(sql: Sql): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtext('baton thinning ' || current_schema()))`);
}
