import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@baton/persistence/open-database';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { ingest } from '../service.js';

let run: TestRun;
beforeAll(async () => {
  run = await runForTest([ingest]);
}, 60_000);
afterAll(() => run.stop());

describe('a door that cannot write', () => {
  it('answers 429 with Retry-After beyond its queue, and 200 to what it took once it can write again', async () => {
    const database = await openDatabase({ url: run.databaseUrl, schema: 'ingest', poolSize: 1 });
    const authorization = `Basic ${Buffer.from(`${run.settings.writeKey}:`).toString('base64')}`;
    const batch = (number: number) =>
      Array.from({ length: 2400 }, (_, index) => ({ type: 'page', anonymousId: 'v', messageId: `${number}-${index}` }));
    const send = (number: number) =>
      fetch(`${run.url}/v1/batch`, {
        method: 'POST',
        headers: { authorization, origin: 'https://x.example' },
        body: JSON.stringify({ batch: batch(number) }),
      });
    const answers = await database.transaction(async (sql) => {
      await sql.query('lock table outbox_segments in access exclusive mode');
      const sent = Array.from({ length: 12 }, (_, number) => send(number));
      const refused = await Promise.any(
        sent.map(async (answer) => ((await answer).status === 429 ? answer : Promise.reject(new Error('taken')))),
      );
      expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(refused.headers.get('access-control-expose-headers')).toContain('Retry-After');
      expect(refused.headers.get('content-type')).toContain('application/problem+json');
      return sent;
    });
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    const taken = statuses.filter((status) => status === 200).length;
    expect([...new Set(statuses)].toSorted()).toEqual([200, 429]);
    const [row] = await database.query<{ count: string }>(
      `select sum(count) as count from outbox_segments where topic = 'visitor.events'`,
    );
    expect(Number(row?.count)).toBe(taken * 2400);
    await database.close();
  }, 60_000);
});
