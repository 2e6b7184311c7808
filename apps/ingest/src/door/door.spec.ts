import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Analytics } from '@segment/analytics-node';
import { topics } from '@baton/contracts/topics';
import { readTopic } from '@baton/testing/topic-store';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { gzipSync } from 'node:zlib';
import { ingest } from '../service.js';

let run: TestRun;
const writeKey = 'the-write-key-of-a-test';
const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;

beforeAll(async () => {
  run = await runForTest([ingest]);
}, 60_000);
afterAll(() => run.stop());

function post(path: string, body: string | Buffer | object, headers: Record<string, string> = {}) {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return fetch(run.url + path, {
    method: 'POST',
    body: bytes,
    redirect: 'manual',
    headers: { authorization: basic(writeKey), ...headers },
  });
}

async function facts() {
  await run.settled();
  return (await readTopic(run.databaseUrl, topics.leadEvents)).map(({ envelope }) => envelope);
}

describe('the door', () => {
  it('takes the real Segment SDK and tells the anonymous history under the lead, in event-time order, once they identify', async () => {
    const analytics = new Analytics({ writeKey, host: run.url, flushAt: 3 });
    const anonymousId = 'browser-1';
    const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 10, minute));
    analytics.page({ anonymousId, name: 'Home', timestamp: at(1), properties: { path: '/', url: 'https://acme.io/' } });
    analytics.track({ anonymousId, event: 'Content Downloaded', timestamp: at(3) });
    analytics.page({ anonymousId, name: 'Pricing', timestamp: at(2), properties: { path: '/pricing' } });
    analytics.identify({
      anonymousId,
      userId: 'u1',
      timestamp: at(4),
      traits: { email: 'Kim@Acme.io', title: 'CTO', age: 44 },
    });
    analytics.group({
      userId: 'u1',
      groupId: 'acme',
      timestamp: at(5),
      traits: { domain: 'acme.io', employees: '220', industry: 'SaaS' },
    });
    analytics.screen({ userId: 'u1', name: 'Main', timestamp: at(6) });
    analytics.alias({ userId: 'u1', previousId: 'u1', timestamp: at(7) });
    await analytics.closeAndFlush();
    const told = await facts();
    expect(
      told.map(({ type, data, sequence }) => [type.split('.')[2], (data as { at: string }).at.slice(14, 16), sequence]),
    ).toEqual([
      ['engaged', '01', 1],
      ['engaged', '02', 2],
      ['engaged', '03', 3],
      ['identified', '04', 4],
      ['engaged', '04', 5],
      ['profile-updated', '05', 6],
      ['engaged', '05', 7],
      ['engaged', '06', 8],
    ]);
    expect(new Set(told.map(({ subject }) => subject)).size).toBe(1);
    expect(told[3]?.data).toMatchObject({
      userId: 'u1',
      email: 'kim@acme.io',
      anonymousIds: ['browser-1'],
      traits: { email: 'kim@acme.io', title: 'CTO', age: 44 },
      account: { domain: 'acme.io', freeMail: false },
    });
    expect(told[5]?.data).toMatchObject({
      account: { domain: 'acme.io', traits: { employees: { value: 220 }, industry: { value: 'SaaS' } } },
    });
  }, 60_000);
});
void post;
void gzipSync;
