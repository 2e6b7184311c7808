import { createLogger } from '@baton/observability/logger';
import { Metrics } from '@baton/observability/metrics';
import { eventually } from '@baton/testing/eventually';
import { type TestRedis, redisHint, redisProgram, startRedis } from '@baton/testing/redis';
import { describeWith } from '@baton/testing/requirements';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { HotState } from '../src/hot-state.js';
import { RedisConnection } from '../src/redis-connection.js';
import { RedisHotStates } from '../src/redis-hot-state.js';

interface Replica {
  readonly states: RedisHotStates;
  readonly state: HotState;
  readonly lines: string[];
}

describeWith('what replicas tell each other over Redis', redisProgram(), redisHint, () => {
  let redis: TestRedis;
  let one: Replica;
  let other: Replica;

  beforeEach(async () => {
    redis = await startRedis();
    [one, other] = [await replica(), await replica()];
  });
  afterEach(async () => {
    await Promise.all([one, other].map(({ states }) => states.close()));
    await redis.kill();
  });

  async function replica(): Promise<Replica> {
    const lines: string[] = [];
    const to = { write: (line: string) => void lines.push((JSON.parse(line) as { message: string }).message) };
    const logger = createLogger({ to });
    const connection = await RedisConnection.open({ url: redis.url, metrics: new Metrics(), logger });
    const states = new RedisHotStates(connection, Date.now);
    return { states, state: states.of('a'), lines };
  }

  async function order(command: string, ...words: string[]): Promise<void> {
    const client = new Redis(redis.url);
    await client.call(command, ...words);
    client.disconnect();
  }

  const allowChannels = () => order('ACL', 'SETUSER', 'default', '+subscribe');
  const refuseChannels = () => order('ACL', 'SETUSER', 'default', '-subscribe');

  const untilHeard = (heard: readonly string[]) =>
    eventually('the news are heard', () => {
      other.state.tell('news', 'one');
      return heard.includes('one');
    });

  describe('while it refuses channels', () => {
    it('is heard once it does not any more, by whom it refused when they began to listen', async () => {
      const heard: string[] = [];
      await refuseChannels();
      one.state.hear('news', (text) => heard.push(text));
      await eventually('it is said', () => one.states.trouble() !== undefined);
      await allowChannels();
      await untilHeard(heard);
      await eventually('it is over', () => one.states.trouble() === undefined);
    }, 60_000);

    it('is heard once it does not any more, by whom it refused when they had to connect again', async () => {
      const heard: string[] = [];
      one.state.hear('news', (text) => heard.push(text));
      await untilHeard(heard);
      await refuseChannels();
      await order('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await eventually('it is said', () => one.states.trouble() !== undefined);
      heard.length = 0;
      await allowChannels();
      await untilHeard(heard);
      await eventually('it is over', () => one.states.trouble() === undefined);
    }, 60_000);
  });

  it('is dropped with a word in the log where a listener cannot use it', async () => {
    const heard: unknown[] = [];
    one.state.hear('news', (text) => heard.push(JSON.parse(text)));
    await eventually('the listener has met what is no JSON', () => {
      other.state.tell('news', 'no JSON');
      return one.lines.length > 0;
    });
    expect(one.lines[0]).toContain('cannot be used');
    await eventually('the next is heard', () => {
      other.state.tell('news', '{"is":"JSON"}');
      return heard.length > 0;
    });
    expect(heard[0]).toEqual({ is: 'JSON' });
  }, 60_000);
});
