import type { Topic } from '@baton/contracts/topics';
import { Marks, placeName } from './marks.js';
import { type BrokenLogError, LogCutError, LogGapError, type LogReader } from './partition-loop.js';
import type { LogRecord } from './record.js';

/** What is kept in memory of one partition at most, before the broker is asked to wait; bytes as they came. */
const mostRecords = 2_000;
const mostBytes = 4_000_000;

/** A fetch's outcome for one partition. */
export interface Fetched {
  /** The offset that was asked for. */
  readonly asked: number;
  /** The offset after the last message, foreign ones included. */
  readonly next: number;
  /** Messages that the broker has behind this fetch. */
  readonly behind: number;
  /** Of all its messages. */
  readonly bytes: number;
  readonly records: readonly LogRecord[];
}

/** Where a partition is read from: a position, and the offset that goes with it. */
export interface BrokerStart {
  readonly position: number;
  readonly offset: number;
}

/** What a partition may ask of the consumer that reads it. */
export interface PartitionControl {
  seek(offset: number): void;
  pause(): void;
  resume(): void;
  /** Where to begin with a stored position. Rejects with `PositionMovedError` when it is no longer the stored one. */
  startAt(stored: number): Promise<BrokerStart>;
  /** Offset of the oldest message kept, and the offset behind the newest. */
  bounds(): Promise<{ low: number; high: number }>;
  /** Lets the next start begin with the oldest message that there is. */
  forgetOffset(): Promise<void>;
  /** Everything below `offset` is handled or a repetition, while the position stands at `position`. */
  passed(position: number, offset: number): void;
}

/**
 * Records of one partition between the consumer, which fetches them, and the loop, which handles them. Repetitions (the
 * relay sends again what it is not sure of) end here. Records stay until the loop asks for later ones, so a batch that is
 * rolled back is read again without the broker.
 */
export class KafkaPartition implements LogReader {
  ends = new Marks();
  private buffer: LogRecord[] = [];
  /** The fetches of which something is in memory: their bytes, and the position of the last record. */
  private held: { readonly last: number; readonly bytes: number }[] = [];
  private heldBytes = 0;
  /** The position that the loop asked for last: what lies below is no longer in memory. */
  private position = -1;
  /** The offset that the next fetch must begin with; undefined until it is known. */
  private nextOffset: number | undefined;
  /** The offset that was asked for again after a fetch for a later one. */
  private insisted: number | undefined;
  private paused = false;
  private behind = 0;
  /** Why nothing comes behind what is in memory. */
  private fault: BrokenLogError | undefined;

  constructor(
    private readonly topic: Topic,
    private readonly partition: number,
    private readonly control: PartitionControl,
    /** Told of the first offset not yet handled. */
    private readonly offsetHandled: (offset: number) => void,
  ) {}

  /** A direct topic's positions are offsets: one that nothing lies at was a message put aside, or a mark of the broker's own. */
  get sparse(): boolean {
    return this.topic.direct === true;
  }

  async goOn(stored: number): Promise<number> {
    if (this.nextOffset !== undefined && stored >= this.position) return stored;
    const { position, offset } = await this.control.startAt(stored);
    const { low, high } = await this.control.bounds();
    if (high < offset) await this.refuse(this.cut(offset, high));
    const begin = position < 0 ? Math.max(offset, low) : offset;
    this.buffer = [];
    this.letGoOf(Infinity);
    this.ends = new Marks();
    this.behind = 0;
    this.fault = undefined;
    this.position = position;
    this.fetchFrom(begin);
    // Nothing will come from below, and perhaps nothing at all for long: whoever waits for the end is there already.
    if (begin > offset) this.control.passed(position, begin);
    return position;
  }

  /** After every assignment the consumer has forgotten where it was, but may still keep what it was told to pause. */
  rejoin(): void {
    if (this.nextOffset !== undefined) this.fetchFrom(this.nextOffset);
  }

  /**
   * Takes what was fetched, unless it was fetched for another offset than the next: a fetch may have been under way when the
   * offset was set. Answers false then, having asked for the right one.
   */
  async take(fetched: Fetched): Promise<boolean> {
    if (this.nextOffset === undefined) return false;
    if (fetched.asked !== this.nextOffset && !(await this.mayBeginAt(fetched.asked))) {
      this.control.seek(this.nextOffset);
      return false;
    }
    if (this.fault) return false;
    this.nextOffset = fetched.next;
    this.behind = fetched.behind;
    const known = this.lastKnown();
    for (const record of fetched.records) if (record.position > this.lastKnown()) this.buffer.push(record);
    if (this.lastKnown() > known) this.hold(this.lastKnown(), fetched.bytes);
    const last = this.buffer.at(-1);
    if (last) this.ends.raise(placeName(this.topic.name, this.partition), last.position + 1);
    else if (this.position >= 0) this.control.passed(this.position, fetched.next);
    if (!last) this.offsetHandled(fetched.next);
    this.throttle();
    return true;
  }

  async read(_place: unknown, position: number, limit: number): Promise<readonly LogRecord[]> {
    this.handled(position);
    const records = this.buffer.slice(0, limit);
    if (records.length === 0 && this.fault) await this.refuse(this.fault);
    const gap =
      this.topic.compacted || this.sparse
        ? -1
        : records.findIndex(({ position }, index) => position !== records[0]!.position + index);
    return gap < 0 ? records : records.slice(0, gap);
  }

  /** The first record of a service that never read decides where it begins. */
  startOf(): Promise<number> {
    return Promise.resolve(-1);
  }

  /** Lets go of what lies below a position. */
  handled(position: number): void {
    this.position = Math.max(this.position, position);
    const rest = this.buffer.findIndex((record) => record.position >= position);
    const gone = this.buffer.splice(0, rest < 0 ? this.buffer.length : rest).at(-1);
    if (gone && this.buffer.length === 0) this.noteBehind(gone);
    this.letGoOf(position);
    const reached = this.buffer[0]?.offset ?? this.nextOffset;
    if (reached !== undefined) this.offsetHandled(reached);
    this.throttle();
  }

  unseen(): number {
    return this.behind;
  }

  /** What lies behind the last record were messages put aside, and repetitions; a later start does not miss them then. */
  private noteBehind({ offset }: LogRecord): void {
    if (offset === undefined || this.nextOffset === undefined || this.nextOffset <= offset + 1) return;
    this.control.passed(this.position, this.nextOffset);
  }

  private fetchFrom(offset: number): void {
    this.nextOffset = offset;
    this.insisted = undefined;
    this.control.seek(offset);
    this.control.resume();
    this.paused = false;
    this.throttle();
  }

  private hold(last: number, bytes: number): void {
    this.held.push({ last, bytes });
    this.heldBytes += bytes;
  }

  /** Fetches that lie below a position as a whole. */
  private letGoOf(position: number): void {
    const rest = this.held.findIndex(({ last }) => last >= position);
    for (const { bytes } of this.held.splice(0, rest < 0 ? this.held.length : rest)) this.heldBytes -= bytes;
  }

  private lastKnown(): number {
    return this.buffer.at(-1)?.position ?? this.position - 1;
  }

  /**
   * kafkajs goes on elsewhere by itself: with the oldest message where the one asked for is gone, and behind messages that
   * were compacted away or aborted. The latter is believed when it happens twice; once, it may be a fetch that was under way.
   */
  private async mayBeginAt(asked: number): Promise<boolean> {
    const expected = this.nextOffset;
    const { low, high } = await this.control.bounds();
    if (expected === undefined || this.nextOffset !== expected) return false;
    if (high < expected) this.fail(this.cut(expected, high));
    else if (low > expected) this.skipDeleted(expected, low);
    else if (asked > expected) {
      if (this.insisted === expected) return true;
      this.insisted = expected;
    }
    return asked === this.nextOffset;
  }

  /** What was never handled is lost. Where positions are the producer's numbers, they tell by themselves what it was. */
  private skipDeleted(from: number, to: number): void {
    this.nextOffset = to;
    if (this.sparse && this.position >= 0) this.fail(new LogGapError(this.topic.name, this.partition, from, to - 1));
  }

  private cut(expected: number, high: number): LogCutError {
    return new LogCutError(this.topic.name, this.partition, { expected, high });
  }

  /** Wakes the loop behind the last record in memory. */
  private fail(fault: BrokenLogError): void {
    this.fault ??= fault;
    this.ends.raise(placeName(this.topic.name, this.partition), this.lastKnown() + 2);
    this.throttle();
  }

  /**
   * Offsets of a log that ends too early mean nothing: were they kept, a later start could find that it has grown beyond them
   * and skip what it had before.
   */
  private async refuse(fault: BrokenLogError): Promise<never> {
    if (fault instanceof LogCutError) await this.control.forgetOffset();
    throw fault;
  }

  private throttle(): void {
    const share = this.paused ? 0.5 : 1;
    const much = this.buffer.length >= mostRecords * share || this.heldBytes >= mostBytes * share;
    const full = this.fault !== undefined || much;
    if (full && !this.paused) this.control.pause();
    if (!full && this.paused) this.control.resume();
    this.paused = full;
  }
}
