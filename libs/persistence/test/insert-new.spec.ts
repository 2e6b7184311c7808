import { testDatabase } from '@baton/testing/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertNew } from '../src/insert-new.js';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase('insert_new', [
    { name: '0001_names', up: 'create table names (name text primary key, place int not null)' },
  ]);
});
afterAll(() => database.drop());

const insert = 'insert into names select name, 1 from unnest($1::text[]) as name';
const stored = async () =>
  (await database.query<{ name: string }>('select name from names order by name')).map(({ name }) => name);

describe('rows that are hardly ever there', () => {
  it('are inserted, or none of them, and the transaction goes on', async () => {
    await database.transaction(async (sql) => {
      expect(await insertNew(sql, insert, [['a', 'b']])).toBe(true);
      expect(await insertNew(sql, insert, [['c', 'b']])).toBe(false);
      expect(await insertNew(sql, insert, [['d', 'd']])).toBe(false);
      expect(await insertNew(sql, insert, [['e']])).toBe(true);
    });
    expect(await stored()).toEqual(['a', 'b', 'e']);
  });

  it('wait for a transaction that inserts the same, and are refused once it has committed', async () => {
    const inserted = Promise.withResolvers<void>();
    const mayCommit = Promise.withResolvers<void>();
    const first = database.transaction(async (sql) => {
      await insertNew(sql, insert, [['raced']]);
      inserted.resolve();
      await mayCommit.promise;
    });
    await inserted.promise;
    const second = database.transaction((sql) => insertNew(sql, insert, [['raced']]));
    mayCommit.resolve();
    await first;
    expect(await second).toBe(false);
  });

  it('reject with any other error', async () => {
    const wrong = 'insert into names select name, null from unnest($1::text[]) as name';
    await expect(database.transaction((sql) => insertNew(sql, wrong, [['f']]))).rejects.toMatchObject({
      code: '23502',
    });
    await expect(
      database.transaction((sql) => insertNew(sql, 'insert into nowhere values ($1)', ['f'])),
    ).rejects.toMatchObject({ code: '42P01' });
  });
});
