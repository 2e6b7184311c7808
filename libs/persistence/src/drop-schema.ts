import { quoteIdentifier } from './quote-identifier.js';
import type { Sql } from './sql.js';

/** Drops a schema with everything in it, if there is one of that name. */
export async function dropSchema(sql: Sql, schema: string): Promise<void> {
  await sql.query(`drop schema if exists ${quoteIdentifier(schema)} cascade`);
}
