import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestServer, testServer } from '@baton/testing/database';
import { migrate, newerMigrations } from '../src/migrate.js';
import type { Database, Migration } from '../src/sql.js';

const first: Migration = {
  name: '0001_leads',
  up: "create table leads (lead text primary key); insert into leads values ('first')",
};
const second: Migration = { name: '0002_owners', up: 'alter table leads add column owner text' };

let server: TestServer;
let database: Database;
let count = 0;

beforeAll(async () => {
  server = await testServer();
});

beforeEach(async () => {
  database = await server.open(`schema ${(count += 1)}`);
});

afterAll(async () => {
  await server.drop();
});

describe('migrate', () => {
  it('runs each migration once, in order, however often it is called', async () => {
    await migrate(database, [first]);
    await migrate(database, [first, second]);
    await migrate(database, [first, second]);
    expect(await database.query('select * from leads')).toEqual([{ lead: 'first', owner: null }]);
  });

  it('serves twenty processes at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => migrate(database, [first, second])));
    expect(await database.query('select lead from leads')).toEqual([{ lead: 'first' }]);
  });

  it('changes nothing when one of them fails', async () => {
    const broken: Migration = { name: '0002_broken', up: 'alter table nowhere add column x int' };
    await expect(migrate(database, [first, broken])).rejects.toThrow('nowhere');
    await migrate(database, [first, second]);
    expect(await database.query('select * from leads')).toEqual([{ lead: 'first', owner: null }]);
  });

  it('refuses a migration that was edited after it had been applied', async () => {
    await migrate(database, [first]);
    await expect(migrate(database, [{ ...first, up: 'select 1' }])).rejects.toThrow('add a new migration instead');
  });

  it('refuses a schema of a newer version', async () => {
    await migrate(database, [first, second]);
    await expect(migrate(database, [first])).rejects.toThrow('migrated by a newer version (0002_owners)');
  });

  it('tells which migrations of a schema a program does not know, that runs on while a newer one is brought in', async () => {
    await migrate(database, [first]);
    expect(await newerMigrations(database, [first])).toEqual([]);
    await migrate(database, [first, second]);
    expect(await newerMigrations(database, [first])).toEqual(['0002_owners']);
    expect(await newerMigrations(database, [first, second])).toEqual([]);
  });

  it('refuses a list out of order', async () => {
    await expect(migrate(database, [second, first])).rejects.toThrow('in the order of their numbers');
  });

  it('keeps two series of one schema apart', async () => {
    await migrate(database, [first]);
    await migrate(database, [{ name: '0001_leads', up: 'create table log (n int)' }], 'messaging');
    expect(await database.query('select * from log')).toEqual([]);
  });
});
