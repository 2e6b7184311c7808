import type { Log } from '@baton/persistence/log';
import { type Consumption, isWorthWaiting } from './batch-consumer.js';
import { waitBefore } from '@baton/persistence/backoff';
import { type GroupCommit, defaultMaxBatch } from './group-commit.js';
import { type Marks, placeName } from './marks.js';
import { PositionMovedError, loadBrokerPosition, loadPosition, movePosition } from './position-store.js';
import type { LogRecord } from './record.js';
import type { Lag, Stall } from './transport.js';

/** How long passed-over records may go unnoted while nothing else comes, and how many while more do. */
const longestUnnotedMs = 200;
const mostUnnoted = 5_000;

/** The log as a partition's reader needs it. */
export interface LogReader {
  readonly ends: Marks;
  /** True where positions are left out without a loss; of one the reader tells by rejecting with a `BrokenLogError`. */
  readonly sparse?: boolean;
  /** Up to `limit` records from `position` on, consecutive; none when the log ends there. */
  read(place: { topic: string; partition: number }, position: number, limit: number): Promise<readonly LogRecord[]>;
  /** Position of the oldest record kept; -1 when the first record that comes decides. */
  startOf(place: { topic: string; partition: number }): Promise<number>;
  /** Told where reading goes on, which may lie below what was read last; answers the position that is stored then. */
  goOn?(stored: number): Promise<number>;
  /** Told of the first position not yet handled. */
  handled?(position: number): void;
  /** Records that this process has not seen yet. */
  unseen?(): number;
}

/** The log does not go on from the stored position, and no attempt will change that. */
export abstract class BrokenLogError extends Error {}

/** The log no longer has what a consumer must read next. */
export class LogGapError extends BrokenLogError {
  constructor(topic: string, partition: number, from: number, to: number) {
    super(
      `${topic}/${partition} no longer has positions ${from} to ${to}, which were never handled: ` +
        'restore them from a backup, or accept the loss by moving the position, then start again',
    );
    this.name = 'LogGapError';
  }
}

/** The broker's log ends before what was read of it: it is not the same log, or has lost its end. */
export class LogCutError extends BrokenLogError {
  constructor(topic: string, partition: number, { expected, high }: { expected: number; high: number }) {
    super(
      `${topic}/${partition} ends at offset ${high} on the broker, but was read up to ${expected}: ` +
        'the topic was made anew or has lost its end. Restore it if you can, and start again: ' +
        'it is then read from its beginning, and what it has that was handled before has no effect',
    );
    this.name = 'LogCutError';
  }
}

/** A direct topic was read on a broker last: its stored position is no number of the embedded log. */
class ReadOnBrokerError extends BrokenLogError {
  constructor(service: string, { topic, partition }: { topic: string; partition: number }, brokerNext: number) {
    super(
      `${service} has read ${topic}/${partition} on Kafka up to offset ${brokerNext}, where more may wait: ` +
        'start with KAFKA_BROKERS again, or go back for good as docs/scale.md tells',
    );
    this.name = 'ReadOnBrokerError';
  }
}

/** Where a loop stands: what is stored, and what it has passed over since. */
interface Standing {
  /** Stored with the last effects. */
  readonly stored: number;
  /** The next to be read. */
  readonly position: number;
  /** The last record read. */
  readonly last: LogRecord | undefined;
}

export interface PartitionLoopOptions {
  /** Of the subscription: all its partitions share it. */
  readonly commit: GroupCommit;
  readonly partition: number;
  readonly reader: LogReader;
  /** Told of the first position not yet handled, by the name of the place. */
  readonly progress: Marks;
  readonly log: Log;
}

/**
 * Reads one partition for one service: batch after batch from the stored position on, woken when the log grows. At most
 * one batch is in hand, so a slow handler makes the log wait, not memory grow. Faults that will pass pause this partition
 * alone; a gap in the log stops it.
 */
export class PartitionLoop {
  private readonly abort = new AbortController();
  private running: Promise<void> | undefined;
  private trouble: { reason: string; retrying: boolean } | undefined;

  constructor(private readonly options: PartitionLoopOptions) {}

  private get consumption(): Consumption {
    return this.options.commit.consumption;
  }

  private get place(): { topic: string; partition: number } {
    return { topic: this.consumption.subscription.topic.name, partition: this.options.partition };
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Finishes the batch in hand. */
  async stop(): Promise<void> {
    this.abort.abort();
    await this.running;
  }

  get stall(): Stall | undefined {
    if (!this.trouble) return undefined;
    const { service, topic } = this.consumption.subscription;
    return { service, topic: topic.name, partition: this.options.partition, ...this.trouble };
  }

  get lag(): Lag {
    const { partition, reader, progress } = this.options;
    const { service, topic } = this.consumption.subscription;
    const name = placeName(topic.name, partition);
    const handled = progress.get(`${service}/${name}`) ?? 0;
    const seen = Math.max(0, (reader.ends.get(name) ?? 0) - handled);
    return { service, topic: topic.name, partition, records: seen + (reader.unseen?.() ?? 0) };
  }

  private async run(): Promise<void> {
    let place: Standing | undefined;
    let failures = 0;
    while (!this.abort.signal.aborted) {
      try {
        place = await this.step(place ?? (await this.stand()));
        failures = 0;
        this.trouble = undefined;
      } catch (error) {
        // What was passed over since the stored position may be gone from the reader's memory: after other errors it still holds.
        if (error instanceof PositionMovedError) {
          place = undefined;
          continue;
        }
        failures += 1;
        if (!(await this.mayGoOn(error, failures))) return;
      }
    }
  }

  private async stand(): Promise<Standing> {
    const { reader } = this.options;
    const { database } = this.consumption.subscription;
    const loaded = await loadPosition(database, this.place, await reader.startOf(this.place));
    const stored = reader.goOn ? await reader.goOn(loaded) : loaded;
    if (!reader.goOn) await this.refuseOffsets();
    return { stored, position: stored, last: undefined };
  }

  /** Handles the next batch, or waits for the log to grow; answers where it stands then. */
  private async step(standing: Standing): Promise<Standing> {
    const { commit, reader, progress } = this.options;
    const { subscription, publisher } = commit.consumption;
    const { position, stored } = standing;
    const name = placeName(this.place.topic, this.place.partition);
    progress.raise(`${subscription.service}/${name}`, position);
    reader.handled?.(position);
    if (position - stored >= mostUnnoted || !(await this.hasMore(name, standing))) return this.keep(standing);
    const records = await reader.read(this.place, position, subscription.maxBatch ?? defaultMaxBatch);
    this.refuseGap(records, position, reader.ends.get(name) ?? position);
    await publisher.probe.at('after-read');
    const { types } = subscription;
    const relevant = types ? records.filter(({ envelope }) => types.includes(envelope.type)) : records;
    if (relevant.length > 0) await commit.consume({ records: relevant, from: stored });
    const last = records.at(-1);
    const handled = relevant.at(-1);
    return {
      stored: handled ? handled.position + 1 : stored,
      position: last ? last.position + 1 : position,
      last: last ?? standing.last,
    };
  }

  /** Waits for the log to grow; not for long while something that was passed over is still to be noted. */
  private hasMore(name: string, { stored, position }: Standing): Promise<boolean> {
    const { signal } = this.abort;
    const patience = stored === position ? signal : AbortSignal.any([signal, AbortSignal.timeout(longestUnnotedMs)]);
    return this.options.reader.ends.above(name, position, patience);
  }

  /** Notes what was passed over. */
  private async keep(standing: Standing): Promise<Standing> {
    const { stored, position, last } = standing;
    if (!last || stored === position) return standing;
    const { database } = this.consumption.subscription;
    await database.transaction((sql) => movePosition(sql, last, stored));
    return { stored: position, position, last };
  }

  private async refuseOffsets(): Promise<void> {
    const { service, topic, database } = this.consumption.subscription;
    if (!topic.direct) return;
    const { brokerNext } = await loadBrokerPosition(database, this.place);
    if (brokerNext !== undefined) throw new ReadOnBrokerError(service, this.place, brokerNext);
  }

  private refuseGap(records: readonly LogRecord[], position: number, end: number): void {
    const { topic } = this.consumption.subscription;
    const next = records[0]?.position ?? end;
    const sparse = this.options.reader.sparse || (topic.compacted && records.length > 0);
    if (next > position && position >= 0 && !sparse)
      throw new LogGapError(topic.name, this.options.partition, position, next - 1);
  }

  /** Waits after a fault that will pass; answers false after one that will not. */
  private async mayGoOn(error: unknown, failures: number): Promise<boolean> {
    const retrying = !(error instanceof BrokenLogError);
    const reason = error instanceof Error ? error.message : String(error);
    this.trouble = { reason, retrying };
    const fields = { ...this.stall, failures };
    if (!retrying) {
      this.options.log.error('A partition is stopped', fields);
      return false;
    }
    if (isWorthWaiting(error)) this.options.log.warn('A partition pauses and will try again', fields);
    else this.options.log.error('A partition met an unexpected error and will try again', fields);
    await waitBefore(failures, this.abort.signal);
    return true;
  }
}
