import type { Topic } from '@baton/contracts/topics';
import type { Log } from '@baton/persistence/log';
import type { Database } from '@baton/persistence/sql';
import { consumeBatch } from './batch-consumer.js';
import { defaultMaxBatch } from './group-commit.js';
import { noProbe } from './crash-point.js';
import type { BatchHandler, UnitOfWork } from './handler.js';
import { readHistory } from './history-store.js';
import { schemasWithLog } from './log-store.js';
import { ensureLogTables } from './log-tables-store.js';
import { LogGapError } from './partition-loop.js';
import { type Place, loadPosition, movePosition } from './position-store.js';
import type { Batch, LogRecord, Positions } from './record.js';
import { type Segment, decodeSegment } from './segment.js';
import type { Lag, Stall, Subscription, Transport } from './transport.js';

/** Segments read at a time. */
const segmentsAtOnce = 20;

export interface ReplayOptions {
  /** Any schema of the PostgreSQL that holds the producers' schemas. */
  readonly reader: Database;
  readonly partitions: number;
  readonly log: Log;
}

/**
 * Gives handlers the whole history of what they subscribe to, from the first record on, then what the log has beyond it, each
 * once, and nothing else: `start` resolves at the end. Tables come before streams, because facts name definitions. What the
 * handlers publish is dropped: it was published when it happened.
 */
export class ReplayTransport implements Transport {
  private readonly subscriptions: Subscription[] = [];
  private replayed = 0;

  constructor(private readonly options: ReplayOptions) {}

  /** Records handled so far. */
  get records(): number {
    return this.replayed;
  }

  partitionsOf(topic: Topic): number {
    return topic.partitioning === 'single' ? 1 : this.options.partitions;
  }

  subscribe(subscription: Subscription): void {
    this.subscriptions.push({ ...subscription, handler: withoutPublications(subscription.handler) });
  }

  /** Rejects with what stopped it; another start goes on there. */
  async start(): Promise<void> {
    const tables = this.subscriptions.filter(({ topic }) => topic.compacted);
    const streams = this.subscriptions.filter(({ topic }) => !topic.compacted);
    for (const subscription of [...tables, ...streams]) {
      await ensureLogTables(subscription.database, this.options.partitions);
      for (let partition = 0; partition < this.partitionsOf(subscription.topic); partition += 1)
        await this.replay(subscription, partition);
    }
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  unitOfWork(): UnitOfWork {
    return { run: () => Promise.reject(noPublisher()) };
  }

  append(): Promise<void> {
    return Promise.reject(noPublisher());
  }

  readTable(): Promise<readonly Batch[]> {
    return Promise.resolve([]);
  }

  endPositions(): Promise<Positions> {
    return Promise.resolve({});
  }

  consumedPositions(): Promise<Positions> {
    return Promise.resolve({});
  }

  waitFor(): Promise<boolean> {
    return Promise.resolve(true);
  }

  stalls(): readonly Stall[] {
    return [];
  }

  lags(): readonly Lag[] {
    return [];
  }

  replayDeadLetter(): Promise<boolean> {
    return Promise.reject(noPublisher());
  }

  private async replay(subscription: Subscription, partition: number): Promise<void> {
    const { topic, database } = subscription;
    const { reader } = this.options;
    if ((await schemasWithLog(reader, [topic.producer])).length === 0) return;
    const place = { topic: topic.name, partition };
    let stored = await loadPosition(database, place, 0);
    for (let next = stored; ;) {
      const segments = await readHistory(reader, topic.producer, place, { position: next, limit: segmentsAtOnce });
      if (segments.length === 0) return this.endAt(database, { ...place, position: next - 1 }, stored);
      next = this.contiguous(topic, segments, next);
      const records = segments.flatMap((segment) => decodeSegment(segment, topic.producer));
      const unread = records.filter(({ position }) => position >= stored);
      stored = await this.handle(subscription, unread, stored);
    }
  }

  /** What an erased lead has left behind the last record is passed over: the service goes on where the log does. */
  private async endAt(database: Database, last: Place & { position: number }, stored: number): Promise<void> {
    if (last.position >= stored) await database.transaction((sql) => movePosition(sql, last, stored));
  }

  /** Answers the position behind the segments. A history may begin late, where old months were dropped; a hole in it is an error. */
  private contiguous(topic: Topic, segments: readonly Segment[], from: number): number {
    let next = from;
    for (const { partition, first, count } of segments) {
      if (first > next && next > 0 && !topic.compacted) throw new LogGapError(topic.name, partition, next, first - 1);
      if (first > next && !topic.compacted)
        this.options.log.warn('The history begins later than the first record', {
          topic: topic.name,
          partition,
          first,
        });
      next = Math.max(next, first + count);
    }
    return next;
  }

  private async handle(subscription: Subscription, records: readonly LogRecord[], from: number): Promise<number> {
    const { service, database, maxBatch = defaultMaxBatch } = subscription;
    const outbox = { service, partitionsOf: (topic: Topic) => this.partitionsOf(topic) };
    const publisher = { outbox, database, probe: noProbe, announce: () => undefined };
    let stored = from;
    for (let begin = 0; begin < records.length; begin += maxBatch) {
      const batch = records.slice(begin, begin + maxBatch);
      await consumeBatch({ subscription, publisher, log: this.options.log }, batch, stored);
      stored = (batch.at(-1)?.position ?? stored) + 1;
      this.replayed += batch.length;
    }
    return stored;
  }
}

function withoutPublications(handler: BatchHandler): BatchHandler {
  return async (batch, sql) => ({ ...(await handler(batch, sql)), publish: [] });
}

function noPublisher(): Error {
  return new Error('A replay handles what was published and publishes nothing; run the service for that');
}
