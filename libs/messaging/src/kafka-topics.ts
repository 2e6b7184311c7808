import type { Topic } from '@baton/contracts/topics';
import type { Log } from '@baton/persistence/log';
import { setTimeout as delay } from 'node:timers/promises';
import { type Admin, BrokerError } from './kafka-client.js';
import type { Positions } from './record.js';
import { aborted, within } from './within.js';

const dayMs = 86_400_000;
const configResource = 2;
/** How long a partition waits to learn where its log begins and ends, before it tries again. */
const longestQuestionMs = 3_000;

/** An installation made otherwise: what lies in its topics was put where another number of partitions said. */
export class TopicMismatchError extends Error {
  constructor(topic: string, found: number, wanted: number) {
    super(
      `Topic ${topic} has ${found} partitions, but this installation is set to ${wanted}: set KAFKA_PARTITIONS to ${found}, ` +
        'or give the installation a prefix of its own with KAFKA_TOPIC_PREFIX',
    );
    this.name = 'TopicMismatchError';
  }
}

export interface KafkaTopicsOptions {
  readonly admin: Admin;
  readonly prefix: string;
  readonly partitions: number;
  readonly replication?: number;
  readonly log: Log;
  /** Aborted when this process stops: no partition waits for an answer then. */
  readonly stopping?: AbortSignal;
}

/** The topics as they are on the broker. */
export class KafkaTopics {
  private readonly stopped: Promise<never>;

  constructor(private readonly options: KafkaTopicsOptions) {
    this.stopped = aborted(options.stopping ?? new AbortController().signal).then(() => {
      throw new Error('this process stops');
    });
    this.stopped.catch(() => undefined);
  }

  nameOf(topic: Topic): string {
    return `${this.options.prefix}${topic.name}`;
  }

  partitionsOf(topic: Topic): number {
    return topic.partitioning === 'single' ? 1 : this.options.partitions;
  }

  /**
   * Creates what is missing, as declared, and compares what is there. Another number of partitions is a
   * `TopicMismatchError`; other settings are told in the log and left as they are: whoever set them may have had a reason.
   */
  async ensure(topics: readonly Topic[]): Promise<void> {
    const { admin } = this.options;
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !existing.has(this.nameOf(topic)));
    if (missing.length > 0) await this.create(missing);
    const found = await this.describe(topics);
    for (const topic of topics) {
      const partitions = found.find(({ name }) => name === this.nameOf(topic))?.partitions.length;
      const wanted = this.partitionsOf(topic);
      if (partitions !== undefined && partitions !== wanted)
        throw new TopicMismatchError(this.nameOf(topic), partitions, wanted);
    }
    await this.compareSettings(topics.filter((topic) => existing.has(this.nameOf(topic))));
  }

  /** Brokers know a new topic, and lead its partitions, a moment after it was made. */
  private async describe(topics: readonly Topic[]) {
    const names = topics.map((topic) => this.nameOf(topic));
    const { topics: found } = await patiently(() => this.options.admin.fetchTopicMetadata({ topics: names }));
    for (const topic of topics) await patiently(() => this.options.admin.fetchTopicOffsets(this.nameOf(topic)));
    return found;
  }

  /** Offset after the last message, per partition. */
  async endsOf(topic: Topic): Promise<Positions[string]> {
    const offsets = await this.offsetsOf(topic);
    return Object.fromEntries(offsets.map(({ partition, high }) => [partition, Number(high)]));
  }

  /**
   * Offset of the oldest message kept, and the offset behind the newest. Rejects with a `BrokerError` after three seconds, and at
   * once when this process stops.
   */
  async boundsOf(topic: Topic, partition: number): Promise<{ low: number; high: number }> {
    const inTime = within(this.offsetsOf(topic), longestQuestionMs);
    const offsets = await Promise.race([inTime, this.stopped]).catch((error: unknown) => {
      throw error instanceof BrokerError ? error : new BrokerError(`asking where ${this.nameOf(topic)} begins`, error);
    });
    const { low, high } = offsets.find((one) => one.partition === partition) ?? { low: 0, high: 0 };
    return { low: Number(low), high: Number(high) };
  }

  private offsetsOf(topic: Topic) {
    return this.options.admin.fetchTopicOffsets(this.nameOf(topic)).catch((error: unknown) => {
      throw new BrokerError(`asking where ${this.nameOf(topic)} ends`, error);
    });
  }

  private async create(topics: readonly Topic[]): Promise<void> {
    const { admin, replication } = this.options;
    const brokers = (await admin.describeCluster()).brokers.length;
    const copies = replication ?? Math.min(3, brokers);
    await admin.createTopics({
      waitForLeaders: false,
      topics: topics.map((topic) => ({
        topic: this.nameOf(topic),
        numPartitions: this.partitionsOf(topic),
        replicationFactor: copies,
        configEntries: Object.entries(settingsOf(topic, copies)).map(([name, value]) => ({ name, value })),
      })),
    });
  }

  private async compareSettings(topics: readonly Topic[]): Promise<void> {
    if (topics.length === 0) return;
    const { admin, log } = this.options;
    const resources = topics.map((topic) => ({ type: configResource, name: this.nameOf(topic) }));
    const { resources: found } = await admin.describeConfigs({ includeSynonyms: false, resources });
    for (const topic of topics) {
      const entries = found.find(({ resourceName }) => resourceName === this.nameOf(topic))?.configEntries ?? [];
      const { 'min.insync.replicas': _byCluster, ...declared } = settingsOf(topic, 1);
      for (const [name, wanted] of Object.entries(declared)) {
        const is = entries.find((entry) => entry.configName === name)?.configValue;
        if (is === undefined || is === wanted) continue;
        log.warn('A topic is set otherwise than declared and is left so', {
          topic: this.nameOf(topic),
          setting: name,
          is,
          declared: wanted,
        });
      }
    }
  }
}

/** Asks again for ten seconds until it is answered. */
async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(50);
    }
  }
}

/**
 * Retention and durability of a topic: with three copies, two must have a message before it counts as written. What a person
 * who was erased has in it is gone at most a day after its retention: a broker deletes whole segments, which end daily.
 */
function settingsOf(topic: Topic, copies: number): Record<string, string> {
  const retention = String(topic.retentionDays * dayMs);
  return {
    ...(topic.compacted
      ? { 'cleanup.policy': 'compact', 'max.compaction.lag.ms': retention }
      : { 'cleanup.policy': 'delete', 'retention.ms': retention, 'segment.ms': String(dayMs) }),
    'min.insync.replicas': String(copies >= 3 ? 2 : 1),
  };
}
