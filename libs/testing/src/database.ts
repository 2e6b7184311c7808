import { randomBytes } from 'node:crypto';
import { migrate } from '@baton/persistence/migrate';
import { type DatabaseOptions, openDatabase } from '@baton/persistence/open-database';
import { quoteIdentifier } from '@baton/persistence/quote-identifier';
import type { Database, Migration } from '@baton/persistence/sql';

/** An empty database of a spec file's own on the shared server; `drop` ends whatever is still connected to it. */
export interface TestServer {
  readonly url: string;
  /** Opens one service's schema in it, migrated. Closed by `drop`. */
  open(schema: string, migrations?: readonly Migration[], options?: Partial<DatabaseOptions>): Promise<Database>;
  drop(): Promise<void>;
}

/** Creates a database (some ten milliseconds; a server of its own would cost a second). Call `drop` in `afterAll`. */
export async function testServer(): Promise<TestServer> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const url = databaseUrl(name);
  await administrate(`create database ${quoteIdentifier(name)}`);
  const opened: Database[] = [];
  return {
    url,
    async open(schema, migrations = [], options = {}) {
      const database = await openDatabase({ url, schema, ...options });
      opened.push(database);
      await migrate(database, migrations);
      return database;
    },
    async drop() {
      await Promise.all(opened.map((database) => database.close()));
      await administrate(`drop database if exists ${quoteIdentifier(name)} with (force)`);
    },
  };
}

/** One service's schema in a database of the spec file's own, migrated. Call `drop` in `afterAll`. */
export async function testDatabase(
  schema: string,
  migrations: readonly Migration[] = [],
): Promise<Database & { readonly url: string; drop(): Promise<void> }> {
  const server = await testServer();
  const database = await server.open(schema, migrations);
  return { ...database, url: server.url, drop: () => server.drop() };
}

function databaseUrl(name: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.href;
}

function serverUrl(): string {
  const url = process.env['BATON_TEST_DATABASE_URL'];
  if (!url)
    throw new Error(
      'No PostgreSQL for tests: run jest with the configuration at the top of the repository, which starts one',
    );
  return url;
}

async function administrate(statement: string): Promise<void> {
  const server = await openDatabase({ url: serverUrl(), schema: 'public', poolSize: 1 });
  try {
    await server.query(statement);
  } finally {
    await server.close();
  }
}
