import { createLogger } from '@baton/observability/logger';
import { Metrics } from '@baton/observability/metrics';
import { type TestRedis, redisHint, redisProgram, startRedis } from '@baton/testing/redis';
import { describeWith } from '@baton/testing/requirements';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisConnection } from '../src/redis-connection.js';
import { RedisHotStates } from '../src/redis-hot-state.js';

/** A process on a Redis, with what it logs. */
interface Replica {
  readonly states: RedisHotStates;
  readonly lines: string[];
  readonly metrics: Metrics;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; !(await condition()); await delay(5)) {
    if (Date.now() > deadline) throw new Error(`never came true: ${condition.toString()}`);
  }
}

describeWith('hot state on Redis', redisProgram(), redisHint, () => {
  let redis: TestRedis;
  let servers: TestRedis[];
  let replicas: Replica[];

  beforeEach(async () => {
    servers = [];
    redis = await server();
    replicas = [];
  });
  afterEach(async () => {
    await Promise.all(replicas.map(({ states }) => states.close()));
    await Promise.all(servers.map((started) => started.kill()));
  });

  async function server(settings: Record<string, string> = {}): Promise<TestRedis> {
    const started = await startRedis(settings);
    servers.push(started);
    return started;
  }

  async function replica(url = redis.url, clock: () => number = Date.now): Promise<Replica> {
    const lines: string[] = [];
    const to = { write: (line: string) => void lines.push((JSON.parse(line) as { message: string }).message) };
    const metrics = new Metrics();
    const connection = await RedisConnection.open({ url, metrics, logger: createLogger({ to }) });
    const started = { states: new RedisHotStates(connection, clock), lines, metrics };
    replicas.push(started);
    return started;
  }

  const limit = { perSecond: 0.1, burst: 5 };

  it('limits all replicas together, by scope and by bucket', async () => {
    const [first, second] = [await replica(), await replica()].map(({ states }) => states.of('a'));
    const waits: number[] = [];
    for (let round = 0; round < 3; round += 1)
      for (const one of [first, second]) waits.push((await one?.take('key', limit, 1)) ?? -1);
    expect(waits.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(waits[5]).toBeGreaterThan(9_000);
    expect(waits[5]).toBeLessThanOrEqual(10_000);
    expect(await first?.take('other', limit, 1)).toBe(0);
    expect(await replicas[0]?.states.of('b').take('key', limit, 1)).toBe(0);
  });

  it('lends, and lets through again what flowed in meanwhile', async () => {
    const { states } = await replica();
    const state = states.of('a');
    const quick = { perSecond: 1_000, burst: 1 };
    expect(await state.take('key', quick, 200)).toBe(0);
    const wait = await state.take('key', quick, 1);
    expect(wait).toBeGreaterThan(100);
    expect(wait).toBeLessThanOrEqual(200);
    await until(async () => (await state.take('key', quick, 1)) === 0);
  });

  it('knows the ids that any replica noted, within its scope', async () => {
    const [first, second] = [await replica(), await replica()].map(({ states }) => states.of('a'));
    first?.note(['site:1', 'site:ü\0']);
    await until(async () => (await second?.noted(['site:1']))?.size === 1);
    expect(await second?.noted(['site:2', 'site:ü\0', 'site:1'])).toEqual(new Set([1, 2]));
    expect(await second?.noted([])).toEqual(new Set());
    expect(await replicas[0]?.states.of('b').noted(['site:1'])).toEqual(new Set());
  });

  it('takes as many ids at once as a write may have', async () => {
    const { states } = await replica();
    const ids = Array.from({ length: 12_000 }, (_, index) => `site:${index}`);
    states.of('a').note(ids);
    await until(async () => (await states.of('a').noted(ids)).size === ids.length);
  });

  it('carries what one replica tells to the others and not back', async () => {
    const [first, second] = [await replica(), await replica()].map(({ states }) => states.of('a'));
    const heard: string[] = [];
    first?.hear('news', (text) => heard.push(`first ${text}`));
    second?.hear('news', (text) => heard.push(`second ${text}`));
    await until(() => {
      first?.tell('news', 'one');
      return heard.length > 0;
    });
    expect(new Set(heard)).toEqual(new Set(['second one']));
  });

  describe('that is killed', () => {
    it('leaves each process on its own at once, and is shared again when it is back, with a log line each', async () => {
      const { states, lines, metrics } = await replica();
      const state = states.of('a');
      const other = (await replica()).states.of('a');
      const heard: string[] = [];
      other.hear('news', (text) => heard.push(text));
      state.note(['site:1']);
      await redis.kill();
      const before = performance.now();
      expect(await Promise.all([state.take('key', limit, 5), state.noted(['site:1'])])).toEqual([0, new Set()]);
      expect(performance.now() - before).toBeLessThan(500);
      expect(await state.take('key', limit, 1)).toBeGreaterThan(9_000);
      expect(await other.take('key', limit, 1)).toBe(0);
      await until(() => states.trouble() !== undefined);
      expect(await metrics.text()).toContain('baton_redis_up 0');
      await redis.start();
      await until(() => states.trouble() === undefined);
      await until(() => {
        state.tell('news', 'again');
        return heard.includes('again');
      });
      expect(await metrics.text()).toContain('baton_redis_up 1');
      expect(lines).toEqual([expect.stringContaining('Redis is lost'), expect.stringContaining('Redis is back')]);
    }, 30_000);
  });

  describe('that hangs', () => {
    it('costs one wait of some 50 ms, and none after it', async () => {
      const { states, lines } = await replica();
      const state = states.of('a');
      redis.freeze();
      const before = performance.now();
      await state.take('key', limit, 1);
      expect(performance.now() - before).toBeLessThan(500);
      const after = performance.now();
      for (let call = 0; call < 100; call += 1) await state.take('key', limit, 1);
      expect(performance.now() - after).toBeLessThan(500);
      await until(() => lines.length === 1);
      redis.resume();
      await until(() => lines.length === 2);
      expect(states.trouble()).toBeUndefined();
    }, 30_000);

    it('for a moment only is used again without a word', async () => {
      const { states, lines, metrics } = await replica();
      const state = states.of('a');
      redis.freeze();
      await state.take('key', limit, 1);
      redis.resume();
      const shared = (await replica()).states.of('a');
      await until(async () => (await metrics.text()).includes('baton_redis_up 1'));
      expect(lines).toEqual([]);
      await shared.take('other', limit, 5);
      expect(await state.take('other', limit, 1)).toBeGreaterThan(0);
    }, 30_000);
  });

  it.each([
    ['is not there', async () => (await redis.kill(), redis.url), 'ECONNREFUSED'],
    ['wants another password', async () => (await server({ requirepass: 'secret' })).url, 'NOAUTH'],
    ['is full', async () => (await server({ maxmemory: '1' })).url, 'OOM'],
  ])('says why when it %s at the start, and works all the same', async (_what, broken, reason) => {
    const { states, lines } = await replica(await broken());
    expect(await states.of('a').take('key', limit, 1)).toBe(0);
    await until(() => states.trouble() !== undefined);
    expect(states.trouble()).toContain(reason);
    expect(lines).toEqual([expect.stringContaining('Redis is lost')]);
  });
});
