import type { Sql } from './sql.js';

const uniqueViolation = '23505';

/**
 * Runs an insert whose rows hardly ever are there already, within a transaction: to be ready for that with `on conflict`
 * costs PostgreSQL half as much again for each row. False: one of them was, and nothing was inserted. Other errors reject.
 */
export async function insertNew(sql: Sql, insert: string, values: readonly unknown[]): Promise<boolean> {
  await sql.query('savepoint before_insert');
  try {
    await sql.query(insert, values);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code !== uniqueViolation) throw error;
    await sql.query('rollback to savepoint before_insert');
    return false;
  }
}
