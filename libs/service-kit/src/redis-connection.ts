import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@baton/observability/logger';
import type { Metrics } from '@baton/observability/metrics';
import { Redis } from 'ioredis';

/** Longer than this nobody waits for Redis. */
const patienceMs = 50;
/** A probe may wait longer: nobody waits for it, and a busy process must not take itself for a lost Redis. */
const probePatienceMs = 1_000;
const probePauseMs = 250;
const slowestReconnectMs = 1_000;

export interface RedisOptions {
  /** `redis://user:password@host:port/database`, or `rediss://` with TLS. */
  readonly url: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * A connection to Redis that nobody depends on: what it is asked has another answer ready. After the first command that
 * fails or takes more than 50 ms no further one is tried until a probe has succeeded, so an outage costs one short wait,
 * not one per request. The log has one line when Redis is lost and one when it is back.
 */
export class RedisConnection {
  private readonly redis: Redis;
  private readonly subscriber: Redis;
  private readonly listeners = new Map<string, (text: string) => void>();
  private readonly closing = new AbortController();
  private usable = false;
  private subscribed = false;
  private lost: string | undefined;
  private connectionError: Error | undefined;
  private readonly count: () => void;
  private readonly show: (up: 0 | 1) => void;

  private constructor(private readonly options: RedisOptions) {
    const { url, metrics } = options;
    this.redis = new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      connectTimeout: probePatienceMs,
      commandTimeout: probePatienceMs,
      keepAlive: 10_000,
      connectionName: 'baton',
      retryStrategy: (attempt) => Math.min(attempt * 100, slowestReconnectMs),
    });
    this.subscriber = this.redis.duplicate();
    const up = metrics.gauge({ name: 'baton_redis_up', help: '1 while Redis is used, 0 while it is away' });
    this.show = (value) => up.set(value);
    const failures = metrics.counter({
      name: 'baton_redis_failures_total',
      help: 'Commands that Redis did not answer in time or refused',
    });
    this.count = () => failures.inc();
  }

  /** Resolves connected, or after a second without: then it goes on trying. Never rejects. */
  static async open(options: RedisOptions): Promise<RedisConnection> {
    const connection = new RedisConnection(options);
    await connection.start();
    return connection;
  }

  /** Why Redis is not used just now. */
  get trouble(): string | undefined {
    return this.lost;
  }

  /** What the command answers, or `otherwise` when Redis is away, slow, or refuses. Never rejects. */
  async ask<Result>(command: (redis: Redis) => Promise<Result>, otherwise: () => Result): Promise<Result> {
    if (!this.usable) return otherwise();
    try {
      return await inTime(command(this.redis));
    } catch {
      this.count();
      this.doubt();
      return otherwise();
    }
  }

  /** Hears what is published on a channel from now on, and again after every outage. */
  listen(channel: string, listener: (text: string) => void): void {
    this.listeners.set(channel, listener);
    if (this.subscriber.status === 'ready') this.subscribeAnew();
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.use(false);
    this.redis.disconnect();
    this.subscriber.disconnect();
  }

  private async start(): Promise<void> {
    this.redis.on('error', (error: Error) => (this.connectionError = error));
    this.redis.on('ready', () => (this.connectionError = undefined));
    this.redis.on('close', () => this.doubt());
    // What the subscriber meets the other connection meets too, and says it.
    this.subscriber.on('error', () => undefined);
    this.subscriber.on('ready', () => this.subscribeAnew());
    this.subscriber.on('close', () => (this.subscribed = false));
    this.subscriber.on('message', (channel: string, text: string) => this.pass(channel, text));
    const connecting = Promise.all([this.redis.connect(), this.subscriber.connect()]).catch(() => undefined);
    await Promise.race([connecting, delay(probePatienceMs, undefined, { ref: false })]);
    this.use(true);
    await this.ask(
      (redis) => probe(redis),
      () => undefined,
    );
  }

  /** A listener that throws would end the process, and anybody may write to a channel. */
  private pass(channel: string, text: string): void {
    try {
      this.listeners.get(channel)?.(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.options.logger.warn('A message of another replica cannot be used and is ignored', { channel, reason });
    }
  }

  /** Where it fails, the probes that follow try again. */
  private subscribeAnew(): void {
    this.subscribed = false;
    this.subscribe().catch(() => this.doubt());
  }

  private async subscribe(): Promise<void> {
    const channels = [...this.listeners.keys()];
    if (channels.length > 0) await this.subscriber.subscribe(...channels);
    this.subscribed = true;
  }

  /** Stops asking at once, and finds out whether Redis is lost or was only slow. */
  private doubt(): void {
    if (!this.usable || this.closing.signal.aborted) return;
    this.use(false);
    void this.probeUntilWell().catch(() => undefined);
  }

  private async probeUntilWell(): Promise<void> {
    while (!(await this.answers())) await delay(probePauseMs, undefined, { signal: this.closing.signal });
    this.use(true);
    if (this.lost === undefined) return;
    this.lost = undefined;
    this.options.logger.info('Redis is back: replicas share their hot state again');
  }

  private use(usable: boolean): void {
    this.usable = usable;
    this.show(usable ? 1 : 0);
  }

  private async answers(): Promise<boolean> {
    try {
      await probe(this.redis);
      if (this.subscriber.status !== 'ready') throw new Error('its channels cannot be subscribed to');
      if (!this.subscribed) await this.subscribe();
      return true;
    } catch (error) {
      if (this.closing.signal.aborted) return false;
      this.lose(this.redis.status === 'ready' ? (error as Error) : this.connectionError);
      return false;
    }
  }

  private lose(error: Error | undefined): void {
    const reason = error?.message || 'the connection is closed';
    if (this.lost === undefined)
      this.options.logger.warn('Redis is lost: each process goes on by itself until it is back', { reason });
    this.lost = reason;
  }
}

/** A write, because a replica or a full Redis answers reads and is of no use. */
async function probe(redis: Redis): Promise<void> {
  await redis.set('baton:probe', '1', 'PX', 1_000);
}

function inTime<Result>(answer: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
