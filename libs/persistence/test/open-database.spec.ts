import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestServer, testServer } from '@baton/testing/database';
import { faultOf } from '../src/database-faults.js';
import { openDatabase } from '../src/open-database.js';
import type { Database } from '../src/sql.js';
import { dyingServer } from './dying-server.js';

let server: TestServer;
let database: Database;

beforeAll(async () => {
  server = await testServer();
  database = await server.open('sla-monitor');
  await database.query('create table notes (note text primary key)');
});

afterAll(async () => {
  await server.drop();
});

describe('a service’s database', () => {
  it('is refused, and the process lives on, when the server dies as it lets us in', async () => {
    const dying = await dyingServer();
    const uncaught: unknown[] = [];
    const note = (error: unknown): void => void uncaught.push(error);
    process.on('uncaughtException', note);
    const failure = await openDatabase({ url: dying.url, schema: 'ingest' }).catch((error: unknown) => error);
    expect(faultOf(failure)).toBe('transient');
    await dying.close();
    process.off('uncaughtException', note);
    expect(uncaught).toEqual([]);
  });

  it('keeps its tables in its own schema, whatever characters the name has', async () => {
    const rows = await database.query<{ table_schema: string }>(
      `select table_schema from information_schema.tables where table_name = 'notes'`,
    );
    expect(rows).toEqual([{ table_schema: 'sla-monitor' }]);
  });

  it('does not see another service’s tables', async () => {
    const other = await server.open('routing');
    await expect(other.query('select * from notes')).rejects.toThrow('does not exist');
  });

  it('commits what a transaction wrote and answers its result', async () => {
    const answer = await database.transaction(async (sql) => {
      await sql.query('insert into notes values ($1)', ['kept']);
      return 'done';
    });
    expect(answer).toBe('done');
    expect(await database.query('select note from notes')).toEqual([{ note: 'kept' }]);
  });

  it('prepares what a transaction repeats once, and survives a change of the table under it', async () => {
    await database.query('create table marks (mark text)');
    const repeat = () =>
      database.transaction(async (sql) => {
        for (const mark of ['one', 'two']) await sql.query('insert into marks values ($1)', [mark]);
        return sql.query<{ uses: number }>(
          `select (generic_plans + custom_plans)::int as uses from pg_prepared_statements
           where statement = 'insert into marks values ($1)'`,
        );
      });
    expect(await repeat()).toEqual([{ uses: 2 }]);
    await database.query('alter table marks add column note text');
    expect(await repeat()).toEqual([{ uses: 4 }]);
  });

  it('rolls back when the work rejects, and lets its error through unchanged', async () => {
    const failure = new Error('no');
    const work = database.transaction(async (sql) => {
      await sql.query('insert into notes values ($1)', ['lost']);
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await database.query(`select note from notes where note = 'lost'`)).toEqual([]);
  });

  it('rejects when the connection is cut inside a transaction, and works on afterwards', async () => {
    const failure = await database
      .transaction(async (sql) => {
        const [session] = await sql.query<{ pid: number }>('select pg_backend_pid() as pid');
        await database.query('select pg_terminate_backend($1)', [session?.pid]);
        await sql.query('select 1');
      })
      .catch((error: unknown) => error);
    expect(faultOf(failure)).toBe('transient');
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('can be opened by many at once before its schema exists', async () => {
    const opened = await Promise.all(
      Array.from({ length: 10 }, () => openDatabase({ url: server.url, schema: 'fresh', poolSize: 1 })),
    );
    await Promise.all(opened.map((one) => one.close()));
    expect(await database.query(`select count(*)::int as schemas from pg_namespace where nspname = 'fresh'`)).toEqual([
      { schemas: 1 },
    ]);
  });
});

describe('faultOf', () => {
  const withCode = (code: string) => Object.assign(new Error('x'), { code });

  it.each([
    ['08006', 'transient'],
    ['40P01', 'transient'],
    ['57P01', 'transient'],
    ['55P03', 'transient'],
    ['ECONNREFUSED', 'transient'],
    ['42P01', 'installation'],
    ['28P01', 'installation'],
    ['23505', 'own'],
    ['22P02', 'own'],
  ])('calls %s %s', (code, fault) => {
    expect(faultOf(withCode(code))).toBe(fault);
  });

  it('looks through the cause of a wrapped error, and calls a bug its own', () => {
    expect(faultOf(new Error('wrapped', { cause: withCode('53300') }))).toBe('transient');
    expect(faultOf(new TypeError('undefined is not a function'))).toBe('own');
  });
});
