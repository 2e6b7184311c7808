import { quoteIdentifier } from './quote-identifier.js';
import type { Database, Sql } from './sql.js';

export interface Adoption {
  /** The schema that goes. */
  readonly live: string;
  /** The schema that takes its name. */
  readonly replayed: string;
  /** Tables that are the live schema's still. */
  readonly kept: readonly string[];
  /** Run between, on the two schemas, for what is neither's alone. */
  readonly join: (sql: Sql, schemas: { readonly live: string; readonly replayed: string }) => Promise<void>;
}

/** A process that works on the schema which is to go. */
export class SchemaInUseError extends Error {
  constructor(schema: string) {
    super(`${schema} is in use: stop the service first, every replica of it`);
    this.name = 'SchemaInUseError';
  }
}

/**
 * Puts a schema in another one's place, in one transaction: tables that are kept move over, the rest of the live schema is
 * dropped. Throws `SchemaInUseError` while sessions of the service are open.
 */
export async function adoptSchema(database: Database, { live, replayed, kept, join }: Adoption): Promise<void> {
  await database.transaction(async (sql) => {
    await refuseWhileInUse(sql, live);
    const schemas = { live: quoteIdentifier(live), replayed: quoteIdentifier(replayed) };
    await join(sql, schemas);
    for (const table of await tablesToMove(sql, live, kept)) {
      const name = quoteIdentifier(table);
      await sql.query(`drop table if exists ${schemas.replayed}.${name} cascade`);
      await sql.query(`alter table ${schemas.live}.${name} set schema ${schemas.replayed}`);
    }
    await sql.query(`drop schema ${schemas.live} cascade`);
    await sql.query(`alter schema ${schemas.replayed} rename to ${schemas.live}`);
  });
}

async function refuseWhileInUse(sql: Sql, live: string): Promise<void> {
  const sessions = await sql.query(
    'select from pg_stat_activity where datname = current_database() and application_name = $1',
    [`baton ${live}`],
  );
  if (sessions.length > 0) throw new SchemaInUseError(live);
}

/** Those of the names that there are, each before its partitions. */
async function tablesToMove(sql: Sql, schema: string, names: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `select tables.relname as name from pg_class tables join pg_namespace on pg_namespace.oid = tables.relnamespace
     left join pg_inherits on inhrelid = tables.oid left join pg_class parents on parents.oid = inhparent
     where nspname = $1 and tables.relkind in ('r', 'p') and coalesce(parents.relname, tables.relname) = any($2::text[])
     order by tables.relispartition, tables.relname`,
    [schema, names],
  );
  return rows.map(({ name }) => name);
}
