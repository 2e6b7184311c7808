import { DataSource } from 'typeorm';
import { bulkParameters } from './bulk-parameters.js';
import { inTurn } from './in-turn.js';
import { statementName } from './statement-name.js';
import { SteadyClient } from './steady-client.js';
import { quoteIdentifier } from './quote-identifier.js';
import type { Database, Sql } from './sql.js';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Created when missing; the only schema in the search path. */
  readonly schema: string;
  /** Connections at most; default 8. */
  readonly poolSize?: number;
  /** What `pg_stat_activity` shows; default the schema. */
  readonly applicationName?: string;
}

/** What one connection of the pool offers here; TypeORM hands out the driver's own client. */
interface Connection {
  query(statement: string | Statement): Promise<{ rows: unknown[] }>;
}

/** One with a name is parsed and planned once a connection; one without, at every call. */
interface Statement {
  readonly name?: string | undefined;
  readonly text: string;
  readonly values?: unknown[] | undefined;
}

/**
 * Opens a service's database through a TypeORM data source, which owns the connections; statements are explicit SQL on
 * its query runners. Times are UTC, and a session that sits inside a transaction for a minute is ended by the server,
 * so that a frozen process cannot hold its locks for ever. Rejects when the server cannot be reached.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const source = new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.applicationName ?? options.schema,
    poolSize: options.poolSize ?? 8,
    installExtensions: false,
    connectTimeoutMS: 10_000,
    logging: false,
    // A broken idle connection is replaced by the pool; a broken busy one rejects its statement.
    poolErrorHandler: () => undefined,
    extra: { options: sessionOptions(options.schema), Client: SteadyClient },
  });
  await source.initialize();
  const database = databaseOver(source, options.schema);
  await createSchema(database).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  return database;
}

function sessionOptions(schema: string): string {
  const path = quoteIdentifier(schema).replaceAll(/[\\ ]/g, '\\$&');
  return `-c search_path=${path} -c timezone=UTC -c jit=off -c idle_in_transaction_session_timeout=60s`;
}

function databaseOver(source: DataSource, schema: string): Database {
  return {
    schema,
    query: (text, values) => withConnection(source, (connection) => sqlOver(connection).query(text, values)),
    transaction: (work) => withConnection(source, (connection) => inTransaction(connection, work)),
    close: async () => {
      if (source.isInitialized) await source.destroy();
    },
  };
}

async function withConnection<Result>(
  source: DataSource,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const runner = source.createQueryRunner();
  try {
    return await use((await runner.connect()) as Connection);
  } finally {
    await runner.release();
  }
}

/** Only what transactions do again and again is worth a name; without `nameOf` nothing gets one. */
function sqlOver(connection: Connection, nameOf?: (text: string) => string | undefined): Sql {
  const queue = inTurn();
  return {
    async query<Row>(text: string, values?: readonly unknown[]) {
      const parameters = values && (bulkParameters(text, values) as unknown[]);
      const { rows } = await queue(() =>
        connection.query({ name: values && nameOf?.(text), text, values: parameters }),
      );
      return rows as Row[];
    },
  };
}

async function inTransaction<Result>(connection: Connection, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  await connection.query('begin');
  try {
    const result = await work(sqlOver(connection, statementName));
    await connection.query('commit');
    return result;
  } catch (error) {
    // On a broken connection the server rolls back by itself; the first error is the one that explains.
    await connection.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** `create schema if not exists` can collide with itself, so whoever comes second waits. */
async function createSchema(database: Database): Promise<void> {
  await database.transaction(async (sql) => {
    await sql.query(`select pg_advisory_xact_lock(hashtext('baton schemas'))`);
    await sql.query(`create schema if not exists ${quoteIdentifier(database.schema)}`);
  });
}
