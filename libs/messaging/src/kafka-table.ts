import type { Topic } from '@baton/contracts/topics';
import type { Log } from '@baton/persistence/log';
import { randomUUID } from 'node:crypto';
import type { EachBatchPayload, Kafka } from './kafka-client.js';
import { type DataCheck, recordOf } from './kafka-codec.js';
import { KafkaGroup } from './kafka-group.js';
import type { KafkaTopics } from './kafka-topics.js';
import { Marks, placeName } from './marks.js';
import type { Batch, LogRecord, Positions } from './record.js';

export interface KafkaTableOptions {
  readonly topic: Topic;
  readonly topics: KafkaTopics;
  readonly kafka: Kafka;
  readonly check?: DataCheck;
  readonly sessionTimeoutMs: number;
  readonly log: Log;
}

/** How long a reader waits for what the broker says it has. */
const patienceMs = 30_000;

/**
 * A compacted topic in memory: the newest record of each key, read from the beginning and followed from then on. It is read
 * in a group of its own, because every process needs all of it.
 */
export class KafkaTable {
  private readonly newest = new Map<string, LogRecord>();
  private readonly read = new Marks();
  private readonly offsets = new Map<number, number>();
  private readonly group: KafkaGroup;
  private started: Promise<void> | undefined;

  constructor(private readonly options: KafkaTableOptions) {
    const { kafka, topics, topic, sessionTimeoutMs, log } = options;
    const name = topics.nameOf(topic);
    this.group = new KafkaGroup({
      kafka,
      groupId: `${name}.${randomUUID()}`,
      topics: [name],
      sessionTimeoutMs,
      log,
      assigned: (places) => {
        for (const place of places) this.group.seek(place, this.offsets.get(place.partition) ?? 0);
      },
      fetched: (batch) => Promise.resolve(this.take(batch)),
      fetchedMarks: ({ partition }, next) => this.noteRead(partition, next),
      handledOffsets: () => [],
    });
  }

  /** The newest record of each key at or behind `from`, as of now. Rejects when the broker does not give them in time. */
  async batches(from: Positions): Promise<Batch[]> {
    const { topic, topics } = this.options;
    const ends = (await topics.endsOf(topic)) ?? {};
    if (Object.values(ends).some((end) => end > 0)) await this.reach(ends);
    const byPartition = Map.groupBy(this.newest.values(), ({ partition }) => partition);
    return [...byPartition].flatMap(([partition, known]) => {
      const records = known
        .filter(({ position }) => position >= (from[topic.name]?.[partition] ?? 0))
        .sort((one, other) => one.position - other.position);
      return records.length > 0 ? { topic: topic.name, records } : [];
    });
  }

  async stop(): Promise<void> {
    if (this.started) await this.group.stop();
  }

  private async reach(ends: Record<string, number>): Promise<void> {
    const signal = AbortSignal.timeout(patienceMs);
    this.started ??= this.group.start().catch(() => undefined);
    for (const [partition, end] of Object.entries(ends)) {
      if (end === 0 || (await this.read.above(placeName(this.options.topic.name, Number(partition)), end - 1, signal)))
        continue;
      throw new Error(
        `${this.options.topics.nameOf(this.options.topic)} could not be read to its end in ${patienceMs} ms`,
      );
    }
  }

  private take({ batch, isStale }: EachBatchPayload): void {
    if (isStale()) return;
    const { topic, check, log } = this.options;
    for (const message of batch.messages) {
      const read = recordOf({ topic, partition: batch.partition }, message, check);
      if ('record' in read) this.keep(read.record);
      else
        log.warn('A foreign message is passed over', {
          topic: topic.name,
          offset: message.offset,
          reason: read.foreign.reason,
        });
    }
    this.noteRead(batch.partition, Number(batch.lastOffset()) + 1);
  }

  private noteRead(partition: number, next: number): void {
    this.offsets.set(partition, Math.max(next, this.offsets.get(partition) ?? 0));
    this.read.raise(placeName(this.options.topic.name, partition), next);
  }

  /** The relay may repeat older records behind newer ones. */
  private keep(record: LogRecord): void {
    const known = this.newest.get(record.key);
    if (!known || known.position < record.position) this.newest.set(record.key, record);
  }
}
