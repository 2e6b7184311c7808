import { compareSchemas } from '@baton/persistence/compare-schemas';
import { type TestServer, testServer } from '@baton/testing/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

describe('comparing schemas', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await testServer();
    for (const schema of ['one', 'other']) {
      const database = await server.open(schema);
      await database.query('create table leads (id text, state text, revision int)');
      await database.query('create table counters (id text)');
    }
    const [one, other] = [await server.open('one'), await server.open('other')];
    await one.query(
      `insert into leads values ('a', '{"x":1,"y":[2]}', 1), ('b', '{}', 1), ('b', '{}', 1), ('c', '', 1)`,
    );
    await other.query(
      `insert into leads values ('a', '{"y":[2],"x":1}', 7), ('b', '{}', 2), ('d', '', 1), ('e', '', 1)`,
    );
    await one.query(`insert into counters values ('left out')`);
    await one.query('create table of_one (id text)');
    await one.query(`insert into of_one values ('x')`);
  });

  afterAll(() => server?.drop());

  const compare = async (part = (_table: string, row: Readonly<Record<string, unknown>>) => row) =>
    compareSchemas(await server.open('public'), {
      schemas: ['one', 'other'],
      without: ['counters', 'migrations'],
      part,
    });

  it('counts what only one of them has, repeated rows too, whatever the order of rows and fields', async () => {
    const withoutRevision = await compare((_table, { revision: _revision, ...row }) => row);
    expect(withoutRevision).toEqual([
      { table: 'leads', rows: 4, onlyFirst: 2, onlySecond: 2 },
      { table: 'of_one', rows: 1, onlyFirst: 1, onlySecond: 0 },
    ]);
  });

  it('sees a difference in any part that counts', async () => {
    expect((await compare())[0]).toEqual({ table: 'leads', rows: 4, onlyFirst: 4, onlySecond: 4 });
  });
});
