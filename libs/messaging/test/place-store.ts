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
