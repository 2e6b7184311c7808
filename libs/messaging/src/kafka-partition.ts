import type { Topic } from '@baton/contracts/topics';
import { Marks, placeName } from './marks.js';
import type { LogReader } from './partition-loop.js';
import type { LogRecord } from './record.js';

/** What is kept in memory of one partition at most, before the broker is asked to wait. */
const mostRecords = 2_000;

/** A fetch's outcome for one partition. */
export interface Fetched {
  /** The offset that was asked for. */
  readonly asked: number;
  /** The offset after the last message, foreign ones included. */
  readonly next: number;
  /** Messages that the broker has behind this fetch. */
  readonly behind: number;
  readonly records: readonly LogRecord[];
}

/** What a partition may ask of the consumer that reads it. */
export interface PartitionControl {
  seek(offset: number): void;
  pause(): void;
  resume(): void;
  /** Offset of the oldest message kept. */
  logStart(): Promise<number>;
  /** Everything below `offset` is handled or a repetition, while the position stands at `position`. */
  passed(position: number, offset: number): void;
}

/**
 * Records of one partition between the consumer, which fetches them, and the loop, which handles them. Repetitions (the
 * relay sends again what it is not sure of) end here. Records stay until the loop asks for later ones, so a batch that is
 * rolled back is read again without the broker.
 */
export class KafkaPartition implements LogReader {
  readonly ends = new Marks();
  private buffer: LogRecord[] = [];
  /** The position that the loop asked for last; everything below is handled. */
  private position = -1;
  /** The offset that the next fetch must begin with; undefined until it is known. */
  private nextOffset: number | undefined;
  private paused = false;
  private behind = 0;

  constructor(
    private readonly topic: Topic,
    private readonly partition: number,
    private readonly control: PartitionControl,
    /** Told of the first offset not yet handled. */
    private readonly offsetHandled: (offset: number) => void,
  ) {}

  /** Begins at a stored position and the offset that goes with it. */
  open({ position, offset }: { position: number; offset: number }): void {
    this.position = position;
    this.nextOffset = offset;
    this.control.seek(offset);
  }

  /** After every assignment the consumer has forgotten where it was. */
  rejoin(): void {
    if (this.nextOffset !== undefined) this.control.seek(this.nextOffset);
    this.paused = false;
    this.throttle();
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
    this.nextOffset = fetched.next;
    this.behind = fetched.behind;
    for (const record of fetched.records) if (record.position > this.lastKnown()) this.buffer.push(record);
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
    const gap = this.topic.compacted
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
    this.buffer.splice(0, rest < 0 ? this.buffer.length : rest);
    const reached = this.buffer[0]?.offset ?? this.nextOffset;
    if (reached !== undefined) this.offsetHandled(reached);
    this.throttle();
  }

  unseen(): number {
    return this.behind;
  }

  private lastKnown(): number {
    return this.buffer.at(-1)?.position ?? this.position - 1;
  }

  /** Compaction and retention take messages away; kafkajs then goes on with the oldest by itself. */
  private async mayBeginAt(offset: number): Promise<boolean> {
    if (this.nextOffset === undefined || offset < this.nextOffset) return false;
    return this.topic.compacted || (await this.control.logStart()) >= offset;
  }

  private throttle(): void {
    const full = this.buffer.length >= mostRecords;
    if (full && !this.paused) this.control.pause();
    if (this.paused && this.buffer.length < mostRecords / 2) this.control.resume();
    this.paused = full || (this.paused && this.buffer.length >= mostRecords / 2);
  }
}
