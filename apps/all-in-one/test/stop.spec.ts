import type { Database } from '@baton/persistence/sql';
import { type TestServer, testServer } from '@baton/testing/database';
import { eventually } from '@baton/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { launchProduct } from './product.js';

describe('a start that hangs', () => {
  let server: TestServer;
  let other: Database;

  beforeAll(async () => {
    server = await testServer();
    other = await server.open('other');
  });
  afterAll(() => server.drop());

  /** The connections of services have names of their own. */
  async function isWaiting(): Promise<boolean> {
    const waiting = await other.query(
      `select from pg_stat_activity where datname = current_database() and application_name like 'baton %'
       and wait_event_type = 'Lock'`,
    );
    return waiting.length > 0;
  }

  it('leaves well within ten seconds when it is asked to', async () => {
    await other.transaction(async (sql) => {
      await sql.query(`select pg_advisory_xact_lock(hashtext('baton schemas'))`);
      const product = launchProduct({
        DATABASE_URL: server.url,
        BATON_SECRET: 'the secret of a test, long enough',
        BATON_ADMIN_TOKEN: 'the-admin-token-of-a-test',
        BATON_WRITE_KEY: 'the-write-key-of-a-test',
        PORT: '0',
      });
      const ended = once(product, 'exit');
      try {
        await eventually('the start waits for the lock', isWaiting);
        product.kill('SIGTERM');
        const late = once(AbortSignal.timeout(10_000), 'abort').then(() => 'still there after ten seconds');
        expect(await Promise.race([ended, late])).toEqual([0, null]);
      } finally {
        product.kill('SIGKILL');
      }
    });
  });
});
