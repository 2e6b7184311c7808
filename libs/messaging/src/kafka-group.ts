import { waitBefore } from '@baton/persistence/backoff';
import type { Log } from '@baton/persistence/log';
import { type Consumer, type EachBatchPayload, type Kafka, consumerOf } from './kafka-client.js';

/** A partition by the name its topic has on the broker. */
export interface BrokerPlace {
  readonly topic: string;
  readonly partition: number;
}

export interface GroupOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  /** Names on the broker. */
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly log: Log;
  /** Told of all partitions that this member has from now on; what it read of them before is forgotten by the consumer. */
  assigned(places: readonly BrokerPlace[]): void;
  /** Told of every fetch; must not wait for the records to be handled. A rejection makes the consumer start anew. */
  fetched(batch: EachBatchPayload): Promise<void>;
  /** Offsets handled, for those who watch the group's lag on the broker. */
  handledOffsets(): readonly (BrokerPlace & { offset: string })[];
}

const commitEveryMs = 5_000;
/** A group that cannot be left in this time is left by silence. */
const longestLeaveMs = 4_000;

/**
 * This process's membership in a consumer group, for as long as it runs: whatever ends the consumer (kafkajs gives up after
 * some errors, and for good after others), another takes its place. Committed offsets are only for dashboards: positions
 * are the service's own, so a commit to a partition that is no longer ours (kafkajs does that) harms nothing.
 */
export class KafkaGroup {
  private readonly abort = new AbortController();
  private consumer: Consumer | undefined;
  private running: Promise<void> | undefined;
  private firstJoin: (() => void) | undefined;
  /** Why there is no member at the moment. */
  trouble: string | undefined;

  constructor(private readonly options: GroupOptions) {}

  /** Resolves once the group has been joined. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.firstJoin = resolve;
      this.running ??= this.run();
    });
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.running;
  }

  seek(place: BrokerPlace, offset: number): void {
    this.tell((consumer) => consumer.seek({ ...place, offset: String(offset) }));
  }

  pause({ topic, partition }: BrokerPlace): void {
    this.tell((consumer) => consumer.pause([{ topic, partitions: [partition] }]));
  }

  resume({ topic, partition }: BrokerPlace): void {
    this.tell((consumer) => consumer.resume([{ topic, partitions: [partition] }]));
  }

  /** A consumer that has not joined yet, or no longer, is told everything again when it does. */
  private tell(what: (consumer: Consumer) => void): void {
    try {
      if (this.consumer) what(this.consumer);
    } catch {
      return;
    }
  }

  private async run(): Promise<void> {
    for (let failures = 1; !this.abort.signal.aborted; failures += 1) {
      const consumer = consumerOf(this.options.kafka, this.options.groupId, this.options.sessionTimeoutMs);
      this.consumer = consumer;
      const joined = () => {
        failures = 0;
        this.trouble = undefined;
        this.firstJoin?.();
      };
      try {
        this.trouble = await this.beMember(consumer, joined);
      } catch (error) {
        this.trouble = error instanceof Error ? error.message : String(error);
      }
      this.consumer = undefined;
      await leave(consumer);
      if (this.abort.signal.aborted) return;
      const { groupId, log } = this.options;
      log.warn('The consumer group was lost and will be joined again', { groupId, reason: this.trouble, failures });
      await waitBefore(failures + 1, this.abort.signal);
    }
  }

  /** Consumes until the consumer crashes, whose reason it answers, or this process stops. */
  private async beMember(consumer: Consumer, joined: () => void): Promise<string> {
    const crashed = new Promise<string>((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error.message));
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      joined();
      this.options.assigned(placesOf(payload.memberAssignment as Record<string, number[]>));
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 8,
      eachBatch: (payload) => this.options.fetched(payload),
    });
    const commits = setInterval(() => void this.commit(consumer), commitEveryMs);
    const stopped = new Promise<string>((resolve) => {
      const end = () => resolve('stopped');
      if (this.abort.signal.aborted) end();
      this.abort.signal.addEventListener('abort', end, { once: true });
    });
    try {
      return await Promise.race([crashed, stopped]);
    } finally {
      clearInterval(commits);
      await this.commit(consumer);
    }
  }

  private async commit(consumer: Consumer): Promise<void> {
    const offsets = this.options.handledOffsets();
    // Lost or refused, the next one says the same and more.
    if (offsets.length > 0) await within(consumer.commitOffsets([...offsets]), 1_000).catch(() => undefined);
  }
}

function placesOf(assignment: Record<string, number[]>): BrokerPlace[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

async function leave(consumer: Consumer): Promise<void> {
  await within(consumer.disconnect(), longestLeaveMs).catch(() => undefined);
}

/** The promise, or a rejection when it takes longer. */
async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
