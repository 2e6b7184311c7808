import { createHash, randomUUID } from 'node:crypto';
import type { HotState, HotStates } from './hot-state.js';
import { RateBuckets } from './rate-buckets.js';
import type { RedisConnection } from './redis-connection.js';

/** As `RateBuckets.take`, by the clock of Redis: one clock for all replicas. */
const takeScript = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + time[2] / 1000
  local msPerOne = 1000 / ARGV[1]
  local fullAt = math.max(now, tonumber(redis.call('GET', KEYS[1]) or now))
  local wait = fullAt - now - (ARGV[2] - 1) * msPerOne
  if wait > 0 then return math.ceil(wait) end
  fullAt = fullAt + ARGV[3] * msPerOne
  redis.call('SET', KEYS[1], string.format('%.3f', fullAt), 'PX', math.ceil(fullAt - now) + 1)
  return 0`;

/** Two generations: the young one becomes the old one when it is full or 12 hours old, and leaves 24 hours after its birth. */
const noteScript = `
  local life = tonumber(ARGV[2])
  local left = redis.call('PTTL', KEYS[1])
  if left >= 0 and (left < life / 2 or redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[1])) then
    redis.call('RENAME', KEYS[1], KEYS[2])
    left = -2
  end
  redis.call('SADD', KEYS[1], unpack(ARGV, 3))
  if left < 0 then redis.call('PEXPIRE', KEYS[1], life) end
  return 0`;

const mostPerGeneration = 1_000_000;
const generationMs = 24 * 60 * 60 * 1000;
/** What one script may be given. */
const mostPerNote = 5_000;

type Generations = readonly [young: string, old: string];

/** Hot state that all processes on one Redis share; while Redis is away each goes on by itself. */
export class RedisHotStates implements HotStates {
  private readonly process = randomUUID();

  constructor(
    private readonly connection: RedisConnection,
    private readonly clock: () => number,
  ) {}

  of(scope: string): HotState {
    const { connection } = this;
    const alone = new RateBuckets(this.clock);
    const prefix = `baton:{${scope}}`;
    const generations = [`${prefix}:young`, `${prefix}:old`] as const;
    return {
      take: (bucket, limit, cost) =>
        connection.ask<number>(
          (redis) =>
            redis.eval(
              takeScript,
              1,
              `${prefix}:bucket:${bucket}`,
              limit.perSecond,
              limit.burst,
              cost,
            ) as Promise<number>,
          () => alone.take(bucket, limit, cost),
        ),
      noted: (ids) => this.noted(generations, ids),
      note: (ids) => this.note(generations, ids),
      tell: (channel, text) =>
        void connection.ask<unknown>(
          (redis) => redis.publish(`${prefix}:${channel}`, `${this.process} ${text}`),
          () => undefined,
        ),
      hear: (channel, listener) =>
        connection.listen(`${prefix}:${channel}`, (told) => {
          if (!told.startsWith(this.process)) listener(told.slice(this.process.length + 1));
        }),
    };
  }

  trouble(): string | undefined {
    return this.connection.trouble;
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private noted(generations: Generations, ids: readonly string[]): Promise<ReadonlySet<number>> {
    if (ids.length === 0) return Promise.resolve(new Set());
    const digests = ids.map(digest);
    return this.connection.ask<ReadonlySet<number>>(
      async (redis) => {
        const answers = await Promise.all(generations.map((generation) => redis.smismember(generation, digests)));
        return new Set(answers.flatMap((known) => known.flatMap((is, index) => (is === 1 ? [index] : []))));
      },
      () => new Set(),
    );
  }

  private note(generations: Generations, ids: readonly string[]): void {
    for (let from = 0; from < ids.length; from += mostPerNote) {
      const digests = ids.slice(from, from + mostPerNote).map(digest);
      void this.connection.ask<unknown>(
        (redis) => redis.eval(noteScript, 2, ...generations, mostPerGeneration, generationMs, ...digests),
        () => undefined,
      );
    }
  }
}

/** Ids are of any length and may be personal: 128 bits of them say enough. */
function digest(id: string): Buffer {
  return createHash('sha256').update(id).digest().subarray(0, 16);
}
