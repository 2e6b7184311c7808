import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { describeWithKafka, describeWithKafkaCluster, testKafkaBrokers } from '../src/kafka.js';
import { type KafkaCluster, startKafkaCluster } from '../src/kafka-cluster.js';

/** A broker that stands still accepts connections and answers nothing: it takes a short wait to turn to another. */
const client = (brokers: readonly string[]) =>
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, requestTimeout: 2_000 });

describeWithKafka('the Kafka that suites share', () => {
  it('carries a message from a producer to a group', async () => {
    const topic = `carried-${randomUUID()}`;
    const brokers = await testKafkaBrokers();
    await create(brokers, topic);
    await produce(brokers, topic, ['one', 'two']);
    expect(await consume(brokers, topic, 2)).toEqual(['one', 'two']);
  });

  it('is the same for every suite', async () => {
    expect(await testKafkaBrokers()).toEqual(await testKafkaBrokers());
  });
});

describeWithKafkaCluster('a cluster of three nodes', () => {
  const topic = 'kept';
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafkaCluster({ nodes: 3 });
    await create(cluster.brokers, topic);
  }, 120_000);
  afterAll(() => cluster?.stop());

  it('keeps what was written while a node is killed, and takes it back from its folder', async () => {
    await produce(cluster.brokers, topic, ['before']);
    const leader = await leaderOf(cluster.brokers, topic);
    const old = cluster.node(leader).pid;
    await cluster.node(leader).kill();
    expect(cluster.node(leader).pid).toBeUndefined();
    await produce(cluster.brokers, topic, ['while it is gone']);
    await cluster.node(leader).start();
    expect(cluster.node(leader).pid).not.toBe(old);
    await produce(cluster.brokers, topic, ['after']);
    expect(await consume(cluster.brokers, topic, 3)).toEqual(['before', 'while it is gone', 'after']);
  });

  it('goes on beside a node that stands still', async () => {
    cluster.node(1).pause();
    try {
      await produceAnew(cluster.brokers, topic, ['beside it']);
    } finally {
      cluster.node(1).resume();
    }
  }, 120_000);
});

describeWithKafkaCluster('a broker whose owner is killed', () => {
  it('ends', async () => {
    const tool = fileURLToPath(new URL('../src/dev-kafka.mjs', import.meta.url));
    const parameters = ['--port', '0', '--temporary'];
    const env = { ...process.env, NODE_OPTIONS: '' };
    const owner = spawn(process.execPath, [tool, ...parameters], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const line = (await once(createInterface(owner.stdout), 'line')) as [string];
    const brokers = line[0].replace('KAFKA_BROKERS=', '').split(',');
    await untilReachable(brokers, true);
    owner.kill('SIGKILL');
    await untilReachable(brokers, false);
  });
});

describe('Kafka on a machine without Java', () => {
  it('is named as missing, with the way to get it', async () => {
    const { missingForKafka } = await import('../src/kafka-programs.js');
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      expect(missingForKafka()).toMatch(/no java and no mvn; apt-get install openjdk-17-jre-headless maven/);
    } finally {
      process.env['PATH'] = path;
    }
  });
});

async function create(brokers: readonly string[], topic: string): Promise<void> {
  const admin = client(brokers).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
}

async function produce(brokers: readonly string[], topic: string, values: readonly string[]): Promise<void> {
  const producer = client(brokers).producer({ retry: { retries: 20, maxRetryTime: 1_000 } });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

/** A producer stays with a leader that stands still; another one asks who leads by now. */
async function produceAnew(brokers: readonly string[], topic: string, values: readonly string[]): Promise<void> {
  const deadline = performance.now() + 90_000;
  for (let written = false; !written;) {
    const producer = client(brokers).producer({ retry: { retries: 2, maxRetryTime: 500 } });
    try {
      await producer.connect();
      await producer.send({ topic, acks: -1, messages: values.map((value) => ({ value })) });
      written = true;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    } finally {
      await producer.disconnect();
    }
  }
}

async function consume(brokers: readonly string[], topic: string, count: number): Promise<string[]> {
  const consumer = client(brokers).consumer({ groupId: randomUUID() });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values: string[] = [];
  await new Promise<void>((all, failed) => {
    const eachMessage = ({ message }: { message: { value: Buffer | null } }) => {
      if (values.push(String(message.value)) === count) all();
      return Promise.resolve();
    };
    consumer.run({ eachMessage }).catch(failed);
  });
  await consumer.disconnect();
  return values;
}

/** Its index among the cluster's nodes. */
async function leaderOf(brokers: readonly string[], topic: string): Promise<number> {
  const admin = client(brokers).admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  await admin.disconnect();
  return topics[0]!.partitions[0]!.leader - 1;
}

async function untilReachable(brokers: readonly string[], wanted: boolean): Promise<void> {
  const admin = new Kafka({
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 500,
    retry: { retries: 0 },
  }).admin();
  for (;;) {
    const reachable = await admin.connect().then(
      () => true,
      () => false,
    );
    await admin.disconnect().catch(() => undefined);
    if (reachable === wanted) return;
    await delay(50);
  }
}
