import { topics } from '@baton/contracts/topics';
import { type TestRedis, redisHint, redisProgram, startRedis } from '@baton/testing/redis';
import { describeWith } from '@baton/testing/requirements';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ingest } from '../src/service.js';

/** A second more than the limit would let in. */
const perSecond = 1;
const burst = 10 * perSecond;

async function startReplicas(redisUrl?: string): Promise<[TestRun, TestRun]> {
  const settings = { redisUrl, rateLimit: perSecond };
  const first = await runForTest([ingest], { settings });
  return [first, await runForTest([ingest], { settings: { ...settings, databaseUrl: first.databaseUrl } })];
}

async function send({ url }: TestRun, key: string, messageId: string): Promise<Response> {
  const body = JSON.stringify({ anonymousId: 'v', event: 'Seen', messageId });
  const response = await fetch(`${url}/v1/track`, { method: 'POST', headers: { 'x-write-key': key }, body });
  await response.text();
  return response;
}

/** How many of `count` single events come through, sent to the replicas by turns. */
async function admitted(replicas: readonly TestRun[], key: string, count: number): Promise<number> {
  let taken = 0;
  for (let sent = 0; sent < count; sent += 1) {
    const response = await send(replicas[sent % replicas.length]!, key, `${key}-${sent}`);
    if (response.status === 200) taken += 1;
    else expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
  }
  return taken;
}

async function written({ databaseUrl }: TestRun, name: string): Promise<number> {
  const records = await readTopic(databaseUrl, topics.visitorEvents);
  return records.filter(({ envelope }) => envelope.id.includes(name)).length;
}

/** Sends each id to both replicas with the secret key, which has no limit. */
async function sendToBoth(replicas: readonly TestRun[], name: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1)
    for (const replica of replicas)
      expect((await send(replica, replica.settings.adminToken, `${name}-${index}`)).status).toBe(200);
}

describe('two replicas of ingest without Redis', () => {
  let replicas: [TestRun, TestRun];
  beforeEach(async () => {
    replicas = await startReplicas();
  }, 60_000);
  afterEach(async () => {
    await replicas[1].stop();
    await replicas[0].stop();
  });

  it('hold a write key to its rate, each by itself', async () => {
    const taken = await admitted(replicas, replicas[0].settings.writeKey, 2 * burst + 10);
    expect(taken).toBeGreaterThanOrEqual(2 * burst);
    expect(taken).toBeLessThan(2 * burst + 10);
    expect(await (await replicas[0].request('GET', '/metrics')).text()).toMatch(
      /baton_ingest_events_total\{outcome="limited"\} [1-9]/,
    );
  }, 30_000);
});

describeWith('two replicas of ingest on Redis', redisProgram(), redisHint, () => {
  let redis: TestRedis;
  let replicas: [TestRun, TestRun];
  beforeEach(async () => {
    redis = await startRedis();
    replicas = await startReplicas(redis.url);
  }, 60_000);
  afterEach(async () => {
    await replicas[1].stop();
    await replicas[0].stop();
    await redis.kill();
  });

  it('hold a write key to its rate together, and servers to none', async () => {
    const { writeKey, adminToken } = replicas[0].settings;
    const taken = await admitted(replicas, writeKey, 2 * burst);
    expect(taken).toBeGreaterThanOrEqual(burst);
    expect(taken).toBeLessThan(2 * burst);
    expect(await admitted(replicas, adminToken, 2 * burst)).toBe(2 * burst);
  }, 30_000);

  it('write an event once that is sent to both', async () => {
    await sendToBoth(replicas, 'again', 20);
    // A note may arrive a moment after the repeat, so a few may slip through.
    expect(await written(replicas[0], 'again')).toBeLessThan(30);
  }, 30_000);

  it('take everything while Redis is away, with effect once, and share again when it is back', async () => {
    const [replica] = replicas;
    await redis.kill();
    await sendToBoth(replicas, 'lost', 20);
    expect(await written(replica, 'lost')).toBe(40);
    await replica.settled();
    const lead = await replica.request('POST', '/v1/identify', { userId: 'u', messageId: 'one', anonymousId: 'v' });
    expect(lead.status).toBe(200);
    await replica.settled();
    const told = await readTopic(replica.databaseUrl, topics.leadEvents);
    expect(told.filter(({ envelope }) => envelope.id.includes(':lost-0#'))).toHaveLength(1);
    await redis.start();
    for (let round = 0; (await written(replica, `back-${round - 1}`)) !== 1; round += 1)
      await sendToBoth(replicas, `back-${round}`, 1);
  }, 30_000);
});
