import type { ServiceName, Topic } from '@baton/contracts/topics';
import type { Sql } from '@baton/persistence/sql';
import { readConsumed, readEnds, readSegments, readStart } from './log-store.js';
import { Marks, placeName } from './marks.js';
import type { LogReader } from './partition-loop.js';
import type { LogRecord, Positions } from './record.js';
import { SegmentCache } from './segment-cache.js';
import type { EncodedRecord, Segment } from './segment.js';

/** Characters of recent segments kept in memory, and of stored ones read at a time. */
const cacheSize = 4_000_000;
const readBudget = 2_000_000;
/** How often a wait looks at positions that another process moves. */
const remotePollMs = 50;

/** What this process knows of the logs and of how far services have read them: the database, and shortcuts to it. */
export class LogView {
  readonly ends = new Marks();
  readonly progress = new Marks();
  private readonly cache = new SegmentCache(cacheSize);

  constructor(
    private readonly sql: Sql,
    private readonly schemaOf: (service: ServiceName) => string,
    /** Told that some log may have grown by another process's doing. */
    private readonly heard: () => void = () => undefined,
  ) {}

  /** Takes in a segment committed by this process. */
  announce(segment: Segment, source: ServiceName): void {
    this.cache.add(segment, source);
    this.ends.raise(placeName(segment.topic, segment.partition), segment.first + segment.count);
  }

  /** Reads where the logs of these topics end, for the marks too. */
  async loadEnds(topics: readonly Topic[]): Promise<Positions> {
    const ends = await readEnds(this.sql, [...new Set(topics.map((topic) => this.schemaOf(topic.producer)))]);
    this.raiseEnds(ends);
    return ends;
  }

  raiseEnds(ends: Positions): void {
    for (const [topic, partitions] of Object.entries(ends)) {
      for (const [partition, end] of Object.entries(partitions))
        this.ends.raise(placeName(topic, Number(partition)), end);
    }
    this.heard();
  }

  readerOf(topic: Topic): LogReader {
    return {
      ends: this.ends,
      read: (place, position, limit) => this.read(topic, place.partition, { position, limit }),
      startOf: (place) => readStart(this.sql, this.schemaOf(topic.producer), place),
    };
  }

  /** What this process published from a position on and has in memory as text, consecutive; none when it has not. */
  encoded(
    { topic, partition }: { topic: string; partition: number },
    position: number,
    limit: number,
  ): EncodedRecord[] {
    const records: EncodedRecord[] = [];
    while (records.length < limit) {
      const next = this.cache.encodedFrom(topic, partition, position + records.length);
      if (!next) break;
      records.push(...next);
    }
    return records.length > limit ? records.slice(0, limit) : records;
  }

  /** Segments of one partition as stored, from a position on. */
  segments(topic: Topic, partition: number, position: number): Promise<Segment[]> {
    return readSegments(
      this.sql,
      this.schemaOf(topic.producer),
      { topic: topic.name, partition },
      { position, budget: readBudget },
    );
  }

  consumed(service: ServiceName): Promise<Positions> {
    return readConsumed(this.sql, this.schemaOf(service));
  }

  /** True once the service has handled everything below `until`, in this process or another; false after the time given. */
  async waitFor(service: ServiceName, until: Positions, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    const wanted = Object.entries(until).flatMap(([topic, partitions]) =>
      Object.entries(partitions).map(([partition, end]) => ({
        topic,
        partition,
        end,
        name: `${service}/${topic}/${partition}`,
      })),
    );
    for (;;) {
      const open = wanted.filter(({ name, end }) => (this.progress.get(name) ?? 0) < end);
      const [first] = open;
      if (!first) return true;
      const patience = Math.max(0, Math.min(remotePollMs, deadline - performance.now()));
      if (
        patience > 0 &&
        (await this.progress.above(first.name, first.end - 1, AbortSignal.timeout(Math.ceil(patience))))
      )
        continue;
      // Nobody here has come that far: perhaps another process has.
      const consumed = await this.consumed(service);
      if (open.every(({ topic, partition, end }) => (consumed[topic]?.[partition] ?? 0) >= end)) return true;
      if (performance.now() >= deadline) return false;
    }
  }

  private async read(
    topic: Topic,
    partition: number,
    { position, limit }: { position: number; limit: number },
  ): Promise<readonly LogRecord[]> {
    const cached = this.collect(topic, partition, { position, limit });
    if (cached.length > 0) return cached;
    const stored = await this.segments(topic, partition, position);
    // Not asked of the cache again: it may have had to let some of them go.
    const segments = stored.map((segment) => this.cache.add(segment, topic.producer));
    const records: LogRecord[] = [];
    let end = segments[0]?.first;
    for (const segment of segments) {
      if (records.length >= limit || segment.first !== end) break;
      for (const record of segment.records()) if (record.position >= position) records.push(record);
      ({ end } = segment);
    }
    return records.slice(0, limit);
  }

  /** What the cache has without a hole from a position on. */
  private collect(
    topic: Topic,
    partition: number,
    { position, limit }: { position: number; limit: number },
  ): readonly LogRecord[] {
    const records: LogRecord[] = [];
    for (let at = position; records.length < limit;) {
      const next = this.cache.from(topic.name, partition, at);
      if (!next) break;
      for (const record of next.records) records.push(record);
      at = next.end;
    }
    return records.length > limit ? records.slice(0, limit) : records;
  }
}
