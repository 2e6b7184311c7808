import { leadEngaged } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import { openEmbeddedLog } from '@baton/messaging/embedded-log';
import { createLogger } from '@baton/observability/logger';
import { openDatabase } from '@baton/persistence/open-database';
import { Kafka, logLevel } from 'kafkajs';

/** Puts records into `lead.events` that nobody can handle, all into one partition; answers their number. */
export type Poison = () => Promise<number>;

/** Through the outbox of ingest, as a fault of its own code would. */
export function poisonThroughOutbox(databaseUrl: string, atOnce: number): Poison {
  let count = 0;
  return async () => {
    const key = `poison-${(count += 1)}`;
    const database = await openDatabase({ url: databaseUrl, schema: 'ingest', poolSize: 1 });
    const transport = await openEmbeddedLog({ url: databaseUrl, log: createLogger({ level: 'error' }) });
    const records = Array.from({ length: atOnce }, (_, index) => ({
      topic: topics.leadEvents,
      key,
      id: `${key}-${index}`,
      type: leadEngaged.type,
      time: new Date().toISOString(),
      data: null,
    }));
    try {
      await transport.unitOfWork('ingest', database).run(() => Promise.resolve({ result: null, publish: records }));
      return atOnce;
    } finally {
      await transport.stop();
      await database.close();
    }
  };
}

/** As foreign producers with access to the brokers could, one kind after the other. */
export function poisonThroughBrokers(brokers: readonly string[], atOnce: number): Poison {
  let times = 0;
  let sent = 0;
  return async () => {
    const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, requestTimeout: 3_000 }).producer();
    await producer.connect();
    const key = `poison-${(times += 1)}`;
    const kinds = poisonous(key);
    const messages = Array.from({ length: atOnce }, () => ({ key, value: kinds[sent++ % kinds.length]! }));
    try {
      await producer.send({ topic: topics.leadEvents.name, acks: -1, messages });
      return atOnce;
    } finally {
      await producer.disconnect();
    }
  };
}

/** Bytes that are no JSON, JSON that is no envelope or no object, a fact without its number, one without its data. */
function poisonous(key: string): readonly string[] {
  const fact = {
    specversion: '1.0',
    id: key,
    type: leadEngaged.type,
    source: topics.leadEvents.producer,
    subject: key,
    time: new Date().toISOString(),
    data: null,
  };
  const numbered = { ...fact, partitionsequence: 0 };
  return ['\u0000\u0001 no JSON', '{"no":"envelope"}', 'null', JSON.stringify(fact), JSON.stringify(numbered)];
}
