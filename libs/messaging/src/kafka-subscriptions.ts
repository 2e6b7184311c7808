import type { Log } from '@baton/persistence/log';
import type { Consumption } from './batch-consumer.js';
import { putAside } from './foreign-messages.js';
import { GroupCommit } from './group-commit.js';
import type { EachBatchPayload, Kafka } from './kafka-client.js';
import { type DataCheck, recordOf } from './kafka-codec.js';
import { type BrokerPlace, KafkaGroup } from './kafka-group.js';
import { type BrokerStart, KafkaPartition } from './kafka-partition.js';
import type { KafkaTopics } from './kafka-topics.js';
import { type Marks, placeName } from './marks.js';
import { PartitionLoop } from './partition-loop.js';
import {
  PositionMovedError,
  forgetNumbers,
  forgetOffset,
  loadBrokerPosition,
  passRepetitions,
} from './position-store.js';
import { type LogRecord, onBroker } from './record.js';
import type { Lag, Stall, Subscription } from './transport.js';

export interface KafkaSubscriptionsOptions {
  /** All of one service. */
  readonly consumptions: readonly Consumption[];
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: KafkaTopics;
  readonly sessionTimeoutMs: number;
  readonly check?: DataCheck;
  /** Told how far the service has come, in its own positions and in offsets. */
  readonly progress: Marks;
  readonly log: Log;
}

interface Reading {
  readonly place: BrokerPlace;
  readonly consumption: Consumption;
  readonly partition: KafkaPartition;
  readonly loop: PartitionLoop;
  offset: number | undefined;
}

/** What one service reads in this process: the partitions that its group gave to it, each with a loop of its own. */
export class KafkaSubscriptions {
  private readonly group: KafkaGroup;
  private readonly commits: readonly GroupCommit[];
  private readonly readings = new Map<string, Reading>();
  private readonly closing = new Set<Promise<void>>();
  private stopping = false;

  constructor(private readonly options: KafkaSubscriptionsOptions) {
    const { kafka, groupId, topics, sessionTimeoutMs, log, consumptions } = options;
    this.commits = consumptions.map(
      (consumption) => new GroupCommit(consumption, topics.partitionsOf(consumption.subscription.topic)),
    );
    this.group = new KafkaGroup({
      kafka,
      groupId,
      topics: consumptions.map(({ subscription }) => topics.nameOf(subscription.topic)),
      sessionTimeoutMs,
      log,
      assigned: (places) => this.assign(places),
      fetched: (batch) => this.take(batch),
      handledOffsets: () =>
        [...this.readings.values()].flatMap(({ place, offset }) =>
          offset === undefined ? [] : { ...place, offset: String(offset) },
        ),
    });
  }

  start(): Promise<void> {
    return this.group.start();
  }

  /** Finishes the batches in hand, tells the group how far it came and leaves it. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const reading of this.readings.values()) this.close(reading);
    await Promise.all(this.closing);
    await this.group.stop();
    this.readings.clear();
  }

  stalls(): Stall[] {
    const [first] = this.options.consumptions;
    if (!first) return [];
    const { service, topic } = first.subscription;
    const { trouble } = this.group;
    const noMember =
      trouble === undefined ? [] : [{ service, topic: topic.name, partition: 0, reason: trouble, retrying: true }];
    return [...noMember, ...[...this.readings.values()].flatMap(({ loop }) => loop.stall ?? [])];
  }

  lags(): Lag[] {
    return [...this.readings.values()].map(({ loop }) => loop.lag);
  }

  private assign(places: readonly BrokerPlace[]): void {
    // Others that join while batches are finished make the group give partitions out again.
    if (this.stopping) return;
    const given = new Set(places.map(nameOf));
    for (const [name, reading] of this.readings) {
      if (given.has(name)) {
        reading.partition.rejoin();
        continue;
      }
      this.readings.delete(name);
      this.close(reading);
    }
    for (const place of places) if (!this.readings.has(nameOf(place))) this.open(place);
  }

  private open(place: BrokerPlace): void {
    const { topics, log, progress } = this.options;
    const commit = this.commits.find(
      ({ consumption }) => topics.nameOf(consumption.subscription.topic) === place.topic,
    );
    if (!commit) return;
    const { consumption } = commit;
    const { service, topic, database } = consumption.subscription;
    const own = { topic: topic.name, partition: place.partition };
    const partition = new KafkaPartition(
      topic,
      place.partition,
      {
        seek: (offset) => this.group.seek(place, offset),
        pause: () => this.group.pause(place),
        resume: () => this.group.resume(place),
        startAt: (stored) => startAt(consumption, place.partition, stored),
        forgetOffset: () => forgetOffset(database, own),
        bounds: () => topics.boundsOf(topic, place.partition),
        passed: (position, offset) => void passRepetitions(database, own, position, offset).catch(() => undefined),
      },
      (offset) => {
        reading.offset = offset;
        progress.raise(`${service}/${placeName(onBroker(topic.name), place.partition)}`, offset);
      },
    );
    const loop = new PartitionLoop({ commit, partition: place.partition, reader: partition, progress, log });
    const reading: Reading = { place, consumption, partition, loop, offset: undefined };
    this.readings.set(nameOf(place), reading);
    loop.start();
  }

  private close({ loop }: Reading): void {
    const closed = loop.stop().finally(() => this.closing.delete(closed));
    this.closing.add(closed);
  }

  private async take({ batch, isStale }: EachBatchPayload): Promise<void> {
    const reading = this.readings.get(nameOf(batch));
    if (!reading || isStale()) return;
    const { subscription } = reading.consumption;
    const place = { topic: subscription.topic, partition: batch.partition };
    const check = checkFor(subscription, this.options.check);
    const records: LogRecord[] = [];
    let bytes = 0;
    for (const message of batch.messages) {
      bytes += message.value?.length ?? 0;
      const read = recordOf(place, message, check);
      if ('record' in read) records.push(read.record);
      else await putAside(reading.consumption, batch.partition, read.foreign);
    }
    const next = Number(batch.lastOffset()) + 1;
    const asked = Number((batch as unknown as { fetchedOffset: string }).fetchedOffset);
    const behind = Math.max(0, Number(batch.highWatermark) - next);
    await reading.partition.take({ asked, next, behind, bytes, records });
  }
}

/** What a service passes over is for those to check who handle it. */
function checkFor({ types }: Subscription, check: DataCheck | undefined): DataCheck | undefined {
  if (!types || !check) return check;
  return (topic, type, data) => (types.includes(type) ? check(topic, type, data) : undefined);
}

/**
 * A direct topic's positions are offsets of this very log. Without an offset beside it, a position was another log's: that of
 * the embedded log, or of a topic that is gone. All that the topic has is read then.
 */
async function startAt({ subscription }: Consumption, partition: number, stored: number): Promise<BrokerStart> {
  const { topic, database } = subscription;
  const place = { topic: topic.name, partition };
  const { next, brokerNext } = await loadBrokerPosition(database, place);
  if (next !== stored) throw new PositionMovedError(topic.name, partition, stored);
  if (!topic.direct || brokerNext !== undefined || next < 0) return { position: next, offset: brokerNext ?? 0 };
  await forgetNumbers(database, place, next);
  return { position: -1, offset: 0 };
}

function nameOf({ topic, partition }: BrokerPlace): string {
  return placeName(topic, partition);
}
