import { type TestServer, testServer } from '@baton/testing/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../src/open-database.js';
import { schemaIdentity } from '../src/schema-identity.js';

describe('the identity of a schema', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer();
  });
  afterAll(() => server.drop());

  it('is the same for everybody on it, a user without rights included, and another’s for another schema', async () => {
    const [ingest, same, scoring] = [
      await server.open('ingest'),
      await server.open('ingest'),
      await server.open('scoring'),
    ];
    const identity = await schemaIdentity(ingest);
    expect(await schemaIdentity(same)).toBe(identity);
    expect(await schemaIdentity(scoring)).not.toBe(identity);
    await ingest.query(`create role nobody_special`);
    try {
      await ingest.query('grant all on schema ingest to nobody_special');
      const asNobody = await ingest.transaction(async (sql) => {
        await sql.query('set local role nobody_special');
        return schemaIdentity(sql);
      });
      expect(asNobody).toBe(identity);
    } finally {
      await ingest.query('drop owned by nobody_special');
      await ingest.query('drop role nobody_special');
    }
  });

  it('changes when the schema is made anew', async () => {
    const before = await schemaIdentity(await server.open('routing'));
    const again = await openDatabase({ url: server.url, schema: 'routing', poolSize: 1 });
    await again.query('drop schema routing cascade');
    await again.query('create schema routing');
    expect(await schemaIdentity(again)).not.toBe(before);
    await again.close();
  });
});
