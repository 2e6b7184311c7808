import { createLogger } from '@baton/observability/logger';
import { Metrics } from '@baton/observability/metrics';
import { eventually } from '@baton/testing/eventually';
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

/** What a promise comes to within half a second; timers of one process fire in their order, however busy it is. */
function soon<Answer>(answer: Promise<Answer>): Promise<Answer | 'late'> {
  return Promise.race([answer, delay(500, 'late' as const)]);
}

async function failuresOf({ metrics }: Replica): Promise<number> {
  return Number(/^baton_redis_failures_total (\d+)$/m.exec(await metrics.text())?.[1]);
}

async function isSharing({ metrics }: Replica): Promise<boolean> {
  return (await metrics.text()).includes('baton_redis_up 1');
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

  /** A replica that has begun to use Redis, with what it logs from then on. */
  async function sharing(): Promise<Replica> {
    const started = await replica();
    await eventually('it uses Redis', () => isSharing(started));
    started.lines.length = 0;
    return started;
  }

  /** What an attempt comes to while Redis answers everybody in time: whom it lets wait goes on by itself. */
  async function undisturbed<Result>(attempt: (name: string) => Promise<Result>): Promise<Result> {
    for (let number = 0; ; number += 1) {
      for (const each of replicas) await eventually('it uses Redis', () => isSharing(each));
      const failures = () => Promise.all(replicas.map(failuresOf));
      const before = await failures();
      const result = await attempt(`attempt-${number}`);
      if ((await failures()).join() === before.join()) return result;
    }
  }

  /** So slow that no test lasts long enough to get anything back. */
  const limit = { perSecond: 0.001, burst: 5 };

  it('limits all replicas together, by scope and by bucket', async () => {
    const [first, second] = [await replica(), await replica()].map(({ states }) => states.of('a'));
    const elsewhere = replicas[0]!.states.of('b');
    const waits = await undisturbed(async (bucket) => {
      const inTurn = [first!, second!, first!, second!, first!, second!];
      const taken: number[] = [];
      for (const one of inTurn) taken.push(await one.take(bucket, limit, 1));
      return [...taken, await first!.take(`other than ${bucket}`, limit, 1), await elsewhere.take(bucket, limit, 1)];
    });
    const [refused] = waits.splice(5, 1);
    expect(waits).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(refused).toBeGreaterThan(900_000);
    expect(refused).toBeLessThanOrEqual(1_000_000);
  });

  it('lends, and lets through again what flowed in meanwhile', async () => {
    const { states } = await replica();
    const state = states.of('a');
    const quick = { perSecond: 1_000, burst: 1 };
    const { bucket, taken, wait, tookMs } = await undisturbed(async (bucket) => {
      const began = performance.now();
      const taken = await state.take(bucket, quick, 200);
      const wait = await state.take(bucket, quick, 1);
      return { bucket, taken, wait, tookMs: performance.now() - began };
    });
    expect(taken).toBe(0);
    expect(wait).toBeGreaterThanOrEqual(Math.floor(200 - tookMs));
    expect(wait).toBeLessThanOrEqual(200);
    await eventually('it lets through again', async () => (await state.take(bucket, quick, 1)) === 0);
  });

  it('knows the ids that any replica noted, within its scope', async () => {
    const [first, second] = [await replica(), await replica()].map(({ states }) => states.of('a'));
    const elsewhere = replicas[0]!.states.of('b');
    const known = await undisturbed(async () => {
      first?.note(['site:1', 'site:ü\0']);
      await eventually('the other knows one', async () => (await second?.noted(['site:1']))?.size === 1);
      return [
        await second?.noted(['site:2', 'site:ü\0', 'site:1']),
        await second?.noted([]),
        await elsewhere.noted(['site:1']),
      ];
    });
    expect(known).toEqual([new Set([1, 2]), new Set(), new Set()]);
  });

  it('takes as many ids at once as a write may have', async () => {
    const { states } = await replica();
    const ids = Array.from({ length: 12_000 }, (_, index) => `site:${index}`);
    states.of('a').note(ids);
    await eventually('all are known', async () => (await states.of('a').noted(ids)).size === ids.length);
  });

  it('carries what one replica tells to the others and not back', async () => {
    const [first, second] = [await replica(), await replica()].map(({ states }) => states.of('a'));
    const heard: string[] = [];
    first?.hear('news', (text) => heard.push(`first ${text}`));
    second?.hear('news', (text) => heard.push(`second ${text}`));
    await eventually('the other hears', () => {
      first?.tell('news', 'one');
      return heard.length > 0;
    });
    expect(new Set(heard)).toEqual(new Set(['second one']));
  });

  describe('that is killed', () => {
    it('leaves each process on its own at once, and is shared again when it is back, with a log line each', async () => {
      const { states, lines, metrics } = await sharing();
      const state = states.of('a');
      const other = (await sharing()).states.of('a');
      const heard: string[] = [];
      other.hear('news', (text) => heard.push(text));
      state.note(['site:1']);
      await redis.kill();
      expect(await soon(Promise.all([state.take('key', limit, 5), state.noted(['site:1'])]))).toEqual([0, new Set()]);
      expect(await state.take('key', limit, 1)).toBeGreaterThan(0);
      expect(await other.take('key', limit, 1)).toBe(0);
      await eventually('it is said', () => states.trouble() !== undefined);
      expect(await metrics.text()).toContain('baton_redis_up 0');
      await redis.start();
      await eventually('it is over', () => states.trouble() === undefined);
      await eventually('the other hears', () => {
        state.tell('news', 'again');
        return heard.includes('again');
      });
      expect(await metrics.text()).toContain('baton_redis_up 1');
      expect(lines).toEqual([expect.stringContaining('Redis is lost'), expect.stringContaining('Redis is back')]);
    }, 30_000);
  });

  describe('that hangs', () => {
    it('costs one wait of some 50 ms, and none after it', async () => {
      const hanging = await sharing();
      const state = hanging.states.of('a');
      const before = await failuresOf(hanging);
      redis.freeze();
      expect(await soon(state.take('key', limit, 1))).toBe(0);
      const further = Array.from({ length: 100 }, () => state.take('key', limit, 1));
      expect(await soon(Promise.all(further))).toHaveLength(100);
      expect(await failuresOf(hanging)).toBe(before + 1);
      await eventually('it is said', () => hanging.lines.length === 1);
      redis.resume();
      await eventually('it is said to be over', () => hanging.lines.length === 2);
      expect(hanging.states.trouble()).toBeUndefined();
    }, 30_000);

    it('for a moment only is used again without a word', async () => {
      const again = await untilBriefly();
      expect(again.lines).toEqual([]);
      const other = (await sharing()).states.of('a');
      const wait = await undisturbed(async (bucket) => {
        await other.take(bucket, limit, 5);
        return again.states.of('a').take(bucket, limit, 1);
      });
      expect(wait).toBeGreaterThan(0);
    }, 30_000);

    /** A replica whose Redis hung for less than the second that a probe waits: a busy machine does not always manage. */
    async function untilBriefly(): Promise<Replica> {
      for (;;) {
        const hanging = await sharing();
        const began = performance.now();
        redis.freeze();
        await hanging.states.of('a').take('key', limit, 1);
        redis.resume();
        await eventually('it is used again', () => isSharing(hanging));
        if (performance.now() - began < 1_000) return hanging;
      }
    }
  });

  it.each([
    ['is not there', async () => (await redis.kill(), redis.url), 'ECONNREFUSED'],
    ['wants another password', async () => (await server({ requirepass: 'secret' })).url, 'NOAUTH'],
    ['is full', async () => (await server({ maxmemory: '1' })).url, 'OOM'],
  ])('says why when it %s at the start, and works all the same', async (_what, broken, reason) => {
    const { states, lines } = await replica(await broken());
    expect(await states.of('a').take('key', limit, 1)).toBe(0);
    await eventually('it is said', () => states.trouble() !== undefined);
    expect(states.trouble()).toContain(reason);
    expect(lines).toEqual([expect.stringContaining('Redis is lost')]);
  });
});
