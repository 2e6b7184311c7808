import { waitBefore } from '@baton/persistence/backoff';
import type { Log } from '@baton/persistence/log';
import { BrokerError, type Consumer, type EachBatchPayload, type Kafka, consumerOf } from './kafka-client.js';
import { aborted, atMost } from './within.js';

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
  /** Told of a fetch that brought no more than marks of transactions, which are not handed out, and of the offset behind them. */
  fetchedMarks?(place: BrokerPlace, next: number): void;
  /** Offsets handled, for those who watch the group's lag on the broker. */
  handledOffsets(): readonly (BrokerPlace & { offset: string })[];
}

const commitEveryMs = 5_000;
/** Whoever waits for the start learns then that it does not go on. */
const longestFirstJoinMs = 5_000;
/** A group that cannot be left in this time is left by silence. */
const longestLeaveMs = 2_000;

/**
 * This process's membership in a consumer group, for as long as it runs: whatever ends the consumer (kafkajs gives up after
 * some errors, and for good after others), another takes its place. Committed offsets are only for dashboards: positions
 * are the service's own, so a commit to a partition that is no longer ours (kafkajs does that) harms nothing.
 */
export class KafkaGroup {
  private readonly abort = new AbortController();
  private consumer: Consumer | undefined;
  private running: Promise<void> | undefined;
  private firstJoin: PromiseWithResolvers<void> | undefined;
  /** Why there is no member at the moment. */
  trouble: string | undefined;

  constructor(private readonly options: GroupOptions) {}

  /** Resolves once the group has been joined; rejects with a `BrokerError` after five seconds of failures, and tries on. */
  start(): Promise<void> {
    this.firstJoin ??= Promise.withResolvers();
    this.running ??= this.run();
    return this.firstJoin.promise;
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
    const begun = performance.now();
    for (let failures = 1; !this.abort.signal.aborted; failures += 1) {
      const consumer = consumerOf(this.options.kafka, this.options.groupId, this.options.sessionTimeoutMs);
      this.consumer = consumer;
      const joined = () => {
        failures = 0;
        this.trouble = undefined;
        this.firstJoin?.resolve();
      };
      const end = await this.beMember(consumer, joined).catch((error: unknown) => error);
      this.trouble = end instanceof Error ? end.message : String(end);
      this.consumer = undefined;
      await leave(consumer);
      if (this.abort.signal.aborted) return;
      const { groupId, log } = this.options;
      if (performance.now() - begun > longestFirstJoinMs)
        this.firstJoin?.reject(new BrokerError(`joining the group ${groupId}`, end));
      log.warn('The consumer group was lost and will be joined again', { groupId, reason: this.trouble, failures });
      await waitBefore(failures + 1, this.abort.signal);
    }
  }

  /** Consumes until the consumer crashes, whose error it answers, or this process stops. */
  private async beMember(consumer: Consumer, joined: () => void): Promise<unknown> {
    const crashed = new Promise<Error>((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error));
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      joined();
      this.options.assigned(placesOf(payload.memberAssignment as Record<string, number[]>));
    });
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
      if (batchSize === 0) this.options.fetchedMarks?.({ topic, partition }, Number(lastOffset) + 1);
    });
    const stopped = aborted(this.abort.signal).then(() => 'stopped');
    const commits = setInterval(() => void this.commit(consumer), commitEveryMs);
    try {
      return await Promise.race([this.join(consumer).then(() => crashed), stopped]);
    } finally {
      clearInterval(commits);
      await this.commit(consumer);
    }
  }

  /** Where nothing answers this may take half a minute, and nobody waits for it any more. */
  private async join(consumer: Consumer): Promise<void> {
    await consumer.connect();
    if (this.abort.signal.aborted) return leave(consumer);
    await consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
    if (this.abort.signal.aborted) return leave(consumer);
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 8,
      eachBatch: (payload) => this.options.fetched(payload),
    });
  }

  private async commit(consumer: Consumer): Promise<void> {
    const offsets = this.options.handledOffsets();
    // Lost or refused, the next one says the same and more.
    if (offsets.length > 0) await atMost(consumer.commitOffsets([...offsets]), 1_000);
  }
}

function placesOf(assignment: Record<string, number[]>): BrokerPlace[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

async function leave(consumer: Consumer): Promise<void> {
  await atMost(consumer.disconnect(), longestLeaveMs);
}
