import type { Sql } from './sql.js';

/**
 * One transaction with merges of leads at a time, in the schema of each service: leads that become one have their facts in
 * several partitions, and whoever reads the second of them sees what the first has written. Call it before anything else
 * is locked.
 */
export async function lockMerges(sql: Sql): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtext('baton merges ' || current_schema()))`);
}
