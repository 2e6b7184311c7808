import type { Envelope } from '@baton/contracts/envelope';
import { type Topic, topics } from '@baton/contracts/topics';
import type { LogRecord } from '@baton/messaging/record';
import { readTopic } from '@baton/testing/topic-store';
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';

/** What a topic holds in the end, by partition in position order. */
export interface RecordedTopic {
  readonly records: readonly LogRecord[];
  /** Of each record the moment (epoch ms) at which the log had it; empty where the log does not say. */
  readonly appendedAt: ReadonlyMap<string, number>;
  /** Records that were shipped again after a crash. */
  readonly repeated: number;
  /** Messages that are none of ours. */
  readonly foreign: number;
}

export type Read = (topic: Topic) => Promise<RecordedTopic>;

export function isPoison(key: string): boolean {
  return key.startsWith('poison-');
}

export const readTopics = [
  topics.leadEvents,
  topics.leadStages,
  topics.leadAssignments,
  topics.slaClocks,
  topics.leadScores,
];

/** Reads from the tables of the embedded log. */
export function fromTables(databaseUrl: string): Read {
  return async (topic) => {
    const records = await readTopic(databaseUrl, topic);
    return {
      records: records.filter(({ key }) => !isPoison(key)),
      appendedAt: new Map(),
      repeated: 0,
      foreign: records.filter(({ key }) => isPoison(key)).length,
    };
  };
}

/** Reads from the brokers what any foreign client would read. */
export function fromBrokers(brokers: readonly string[]): Read {
  return async (topic) => {
    const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, requestTimeout: 5_000 });
    const messages = await readAll(kafka, topic.name);
    const seen = new Map<string, LogRecord>();
    const appendedAt = new Map<string, number>();
    let repeated = 0;
    let foreign = 0;
    for (const { partition, key, value, at } of messages) {
      const envelope = parsed(value);
      if (!envelope || isPoison(key)) {
        foreign += 1;
        continue;
      }
      const position = envelope.partitionsequence!;
      const place = `${partition}/${position}`;
      const before = seen.get(place);
      if (before) {
        if (JSON.stringify(before.envelope) !== JSON.stringify(envelope))
          throw new Error(`${topic.name} ${place} was shipped twice with different content`);
        repeated += 1;
        continue;
      }
      seen.set(place, { topic: topic.name, partition, position, key, envelope });
      appendedAt.set(envelope.id, at);
    }
    return { records: [...seen.values()], appendedAt, repeated, foreign };
  };
}

interface Message {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly at: number;
}

/** Every message that is there now, per partition in the order of the log. */
async function readAll(kafka: Kafka, topic: string): Promise<readonly Message[]> {
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const open = new Set(offsets.filter(({ high, low }) => Number(high) > Number(low)).map(({ partition }) => partition));
  const last = new Map(offsets.map(({ partition, high }) => [partition, Number(high) - 1]));
  const messages: Message[] = [];
  const consumer = kafka.consumer({ groupId: `recorded-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((all, failed) => {
    if (open.size === 0) return all();
    const eachMessage = ({
      partition,
      message,
    }: {
      partition: number;
      message: { key: Buffer | null; value: Buffer | null; offset: string; timestamp: string };
    }) => {
      const { key, value, offset, timestamp } = message;
      messages.push({ partition, key: String(key ?? ''), value: String(value ?? ''), at: Number(timestamp) });
      if (Number(offset) >= last.get(partition)!) open.delete(partition);
      if (open.size === 0) all();
      return Promise.resolve();
    };
    consumer.run({ eachMessage }).catch(failed);
  });
  await consumer.disconnect();
  return messages.toSorted((one, other) => one.partition - other.partition);
}

function parsed(text: string): Envelope | null {
  try {
    const value = JSON.parse(text) as Envelope;
    return typeof value?.partitionsequence === 'number' ? value : null;
  } catch {
    return null;
  }
}
