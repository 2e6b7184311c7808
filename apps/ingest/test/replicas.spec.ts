import { topics } from '@baton/contracts/topics';
import { eventually } from '@baton/testing/eventually';
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

interface Admission {
  readonly taken: number;
  /** What one bucket may have let in meanwhile. */
  readonly most: number;
}

/** Sends single events to the replicas by turns until each of them has refused one. */
async function untilRefused(replicas: readonly TestRun[], name: string): Promise<Admission> {
  const began = performance.now();
  const refusing = new Set<TestRun>();
  let taken = 0;
  for (let sent = 0; refusing.size < replicas.length; sent += 1) {
    const replica = replicas[sent % replicas.length]!;
    const response = await send(replica, replica.settings.writeKey, `${name}-${sent}`);
    if (response.status === 200) taken += 1;
    else {
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
      refusing.add(replica);
    }
  }
  return { taken, most: burst + Math.ceil(((performance.now() - began) / 1000) * perSecond) };
}

async function written({ databaseUrl }: TestRun, name: string): Promise<number> {
  const records = await readTopic(databaseUrl, topics.visitorEvents);
  return records.filter(({ envelope }) => envelope.id.includes(name)).length;
}

/** Sends events with the secret key, which has no limit. */
async function sendAsServer(replica: TestRun, ids: readonly string[]): Promise<void> {
  for (const id of ids) expect((await send(replica, replica.settings.adminToken, id)).status).toBe(200);
}

const idsNamed = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}`);

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
    const { taken, most } = await untilRefused(replicas, 'alone');
    expect(taken).toBeGreaterThanOrEqual(2 * burst);
    expect(taken).toBeLessThanOrEqual(2 * most);
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

  async function measured(metric: string): Promise<readonly number[]> {
    const texts = await Promise.all(replicas.map(async (replica) => (await replica.request('GET', '/metrics')).text()));
    return texts.map((text) => {
      const value = new RegExp(`^${metric} (\\d+)$`, 'm').exec(text)?.[1];
      if (value === undefined) throw new Error(`no ${metric} among the metrics`);
      return Number(value);
    });
  }

  /** What an attempt comes to while Redis answers everybody in time: a replica that it lets wait goes on by itself. */
  async function undisturbed<Result>(attempt: (name: string) => Promise<Result>): Promise<Result> {
    for (let number = 0; ; number += 1) {
      await eventually('both replicas use Redis', async () => !(await measured('baton_redis_up')).includes(0));
      const before = await measured('baton_redis_failures_total');
      const result = await attempt(`attempt-${number}`);
      const after = await measured('baton_redis_failures_total');
      if (before.join() === after.join()) return result;
      // The next attempt finds nothing of this one.
      await redis.kill();
      await redis.start();
    }
  }

  it('hold a write key to its rate together, and servers to none', async () => {
    const { taken, most } = await undisturbed((name) => untilRefused(replicas, name));
    expect(taken).toBeGreaterThanOrEqual(burst);
    expect(taken).toBeLessThanOrEqual(most);
    for (const replica of replicas) await sendAsServer(replica, idsNamed('server', 2 * burst));
  }, 30_000);

  it('write an event once that is sent to both', async () => {
    const [first, second] = replicas;
    const count = await undisturbed(async (name) => {
      const ids = idsNamed(name, 20);
      await sendAsServer(first, ids);
      // Asks Redis on the connection on which the others were noted: behind its answer they are.
      await sendAsServer(first, [`behind-${name}`]);
      await sendAsServer(second, ids);
      return written(first, `:${name}-`);
    });
    expect(count).toBe(20);
  }, 30_000);

  it('take everything while Redis is away, with effect once, and share again when it is back', async () => {
    const [replica] = replicas;
    await redis.kill();
    for (const each of replicas) await sendAsServer(each, idsNamed('lost', 20));
    expect(await written(replica, 'lost')).toBe(40);
    await replica.settled();
    const lead = await replica.request('POST', '/v1/identify', { userId: 'u', messageId: 'one', anonymousId: 'v' });
    expect(lead.status).toBe(200);
    await replica.settled();
    const told = await readTopic(replica.databaseUrl, topics.leadEvents);
    expect(told.filter(({ envelope }) => envelope.id.includes(':lost-0#'))).toHaveLength(1);
    await redis.start();
    for (let round = 0; (await written(replica, `back-${round - 1}`)) !== 1; round += 1)
      for (const each of replicas) await sendAsServer(each, [`back-${round}`]);
  }, 30_000);
});
