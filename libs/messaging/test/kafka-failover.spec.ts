import { createLogger } from '@baton/observability/logger';
import { describeWithKafkaCluster } from '@baton/testing/kafka';
import { type KafkaCluster, startKafkaCluster } from '@baton/testing/kafka-cluster';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaClient } from '../src/kafka-client.js';
import { SteadyProducer } from '../src/steady-producer.js';

const topic = 'led-by-all';
const partitions = 12;

describeWithKafkaCluster('a broker that leads no longer what a producer sends it', () => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafkaCluster({ nodes: 3 });
    const admin = new Kafka({ brokers: [...cluster.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false });
    await admin.disconnect();
  }, 200_000);
  afterAll(() => cluster?.stop());

  // kafkajs by itself asks again only those brokers that have not answered; what moved to one that has is never sent.
  it('takes nothing for written that moved to a broker which had answered already', async () => {
    const kafka = kafkaClient({
      connection: { brokers: cluster.brokers },
      log: createLogger({ level: 'error' }),
      clientId: 'failover',
    });
    const producer = new SteadyProducer(kafka);
    await untilWritten(producer, 'before');
    await moveLeadersAway(cluster);
    await untilWritten(producer, 'during');
    await producer.close();
    const found = await read(cluster.brokers);
    for (let partition = 0; partition < partitions; partition++) expect(found.get(partition)).toContain('during');
  }, 200_000);
});

/** A broker that stands still loses what it leads; awake again, it leads nothing and still has its connections. */
async function moveLeadersAway(cluster: KafkaCluster): Promise<void> {
  const admin = new Kafka({
    brokers: cluster.brokers.slice(1),
    logLevel: logLevel.NOTHING,
    requestTimeout: 2_000,
  }).admin();
  await admin.connect();
  cluster.node(0).pause();
  try {
    for (let led = true; led;) {
      // A cluster that is just losing a broker may leave a question unanswered.
      const answer = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => undefined);
      led = answer?.topics[0]?.partitions.some(({ leader }) => leader === 1) ?? true;
    }
  } finally {
    cluster.node(0).resume();
    await admin.disconnect();
  }
}

function toEach(value: string) {
  return Array.from({ length: partitions }, (_, partition) => ({ partition, key: 'k', value: Buffer.from(value) }));
}

/** As the relay does: whatever fails is sent again whole. */
async function untilWritten(producer: SteadyProducer, value: string): Promise<void> {
  for (;;) {
    try {
      return await producer.send([{ topic, messages: toEach(value) }]);
    } catch (error) {
      expect((error as Error).name).toBe('BrokerError');
    }
  }
}

/** The values of each partition, to where it ends now. */
async function read(brokers: readonly string[]): Promise<ReadonlyMap<number, readonly string[]>> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const open = new Map(ends.map(({ partition, high }) => [partition, Number(high)]));
  const values = new Map<number, string[]>(ends.map(({ partition }) => [partition, []]));
  const consumer = kafka.consumer({ groupId: 'reader' });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((all, failed) => {
    const eachMessage = ({
      partition,
      message,
    }: {
      partition: number;
      message: { value: Buffer | null; offset: string };
    }) => {
      values.get(partition)!.push(String(message.value));
      if (Number(message.offset) + 1 >= open.get(partition)!) open.delete(partition);
      if (open.size === 0) all();
      return Promise.resolve();
    };
    consumer.run({ eachMessage }).catch(failed);
  });
  await consumer.disconnect();
  return values;
}
