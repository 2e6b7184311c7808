import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestServer, testServer } from '@baton/testing/database';
import fc from 'fast-check';
import { bulkParameters } from '../src/bulk-parameters.js';
import type { Database } from '../src/sql.js';

let server: TestServer;
let database: Database;

beforeAll(async () => {
  server = await testServer();
  database = await server.open('bulk');
});

afterAll(async () => {
  await server.drop();
});

describe('arrays of strings as parameters', () => {
  const texts = fc.array(
    fc.option(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('"', '\\', '{}', 'null', "'", ',', '')), {
      nil: null,
    }),
    { minLength: 0, maxLength: 20 },
  );

  it('arrive as they were given, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (given) => {
        const values = given.map((text) => text?.replaceAll('\u0000', '') ?? null);
        const rows = await database.query<{ one: string | null }>('select one from unnest($1::text[]) as one', [
          values,
        ]);
        expect(rows.map(({ one }) => one)).toEqual(values);
      }),
      { numRuns: 60 },
    );
  });

  it('are given in binary form, others are left alone', () => {
    const text = 'select $1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $10::text[] where x = any($5)';
    const values = [['a'], ['{}'], [1], [1, 2], ['a'], [], null, 'x', 0, ['b']];
    const encoded = bulkParameters(text, values);
    expect(encoded.map((value) => Buffer.isBuffer(value))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(encoded.filter((value) => !Buffer.isBuffer(value))).toEqual([[1], [1, 2], ['a'], [], null, 'x', 0]);
  });

  it('refuse a NUL as PostgreSQL does', async () => {
    await expect(database.query('select $1::text[]', [['a\u0000b']])).rejects.toMatchObject({ code: '22021' });
  });
});
