import type { Sql } from '@baton/persistence/sql';

/**
 * One batch with merges at a time: of a pair in two partitions the second to be folded sees what the first has written.
 * Call it before anything else is locked.
 */
export async function lockMerges(sql: Sql): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtext('baton merges ' || current_schema()))`);
}
