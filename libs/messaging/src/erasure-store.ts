import type { Sql } from '@baton/persistence/sql';
import { rememberErasedKeys } from './history-erasure-store.js';

/**
 * Deletes what a service has put aside of these keys, and keeps them out of its history from the next sweep on. What its topics
 * still have of them leaves with its age.
 */
export async function forgetKeys(sql: Sql, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await sql.query('delete from dead_letters where key = any($1::text[])', [keys]);
  await rememberErasedKeys(sql, keys);
}
