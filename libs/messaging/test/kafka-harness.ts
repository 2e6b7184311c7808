import type { ServiceName } from '@baton/contracts/topics';
import { topics } from '@baton/contracts/topics';
import { openDatabase } from '@baton/persistence/open-database';
import type { Database } from '@baton/persistence/sql';
import { testServer } from '@baton/testing/database';
import { testKafkaBrokers } from '@baton/testing/kafka';
import kafkajs from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { type ServiceOnKafka, openKafkaTransport } from '../src/kafka-transport.js';
import { cuttableLine } from './cuttable-line.js';
import { cuttableSockets } from './cuttable-sockets.js';
import { eventually } from '@baton/testing/eventually';
import { forgetRelayed } from './place-store.js';
import type { Installation, ProcessOptions, TestProcess, TransportHarness } from './transport-harness.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** Short, so that a dead member's partitions are soon another's. */
const sessionTimeoutMs = 1_200;
const services: readonly ServiceName[] = ['ingest', 'scoring', 'qualification', 'routing', 'reporting'];

/** An installation on Kafka, and ways to act on its broker from outside. */
export interface KafkaInstallation extends Installation {
  /** What its topics and groups begin with. */
  readonly prefix: string;
  readonly kafka: kafkajs.Kafka;
  /** Of its PostgreSQL. */
  readonly url: string;
  administer(act: (admin: kafkajs.Admin) => Promise<unknown>): Promise<void>;
  /** Writes to a topic as a stranger would. */
  produce(topic: string, messages: kafkajs.Message[]): Promise<void>;
  /** Messages that a topic has taken in so far, repetitions counted. */
  sent(topic: string): Promise<number>;
  /** Makes the relays forget what they have shipped, as a crash before they could note it. */
  forgetRelayed(): Promise<void>;
}

/** The Kafka transport; installations share a broker and differ by the prefix of their topics. */
export const kafkaHarness: TransportHarness = { installation: kafkaInstallation };

export async function kafkaInstallation(): Promise<KafkaInstallation> {
  const server = await testServer();
  const brokers = await testKafkaBrokers();
  const prefix = `${randomUUID().slice(0, 8)}.`;
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const processes: TestProcess[] = [];
  return {
    prefix,
    kafka,
    url: server.url,
    async process(options = {}) {
      const started = await startProcess({ url: server.url, brokers, prefix }, options);
      processes.push(started);
      return started;
    },
    administer: (act) => administer(kafka, act),
    lose: (topic, partition, { to }) => loseRecords(kafka, { topic: prefix + topic, partition, offset: to + 1 }),
    async produce(topic, messages) {
      const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
      await producer.connect();
      await producer.send({ topic: prefix + topic, messages });
      await producer.disconnect();
    },
    async sent(topic) {
      let sum = NaN;
      await administer(kafka, (admin) =>
        eventually('the broker tells where a topic ends', async () => {
          // A topic that was just made has no leader for a moment.
          const offsets = await admin.fetchTopicOffsets(prefix + topic).catch(() => undefined);
          sum = offsets?.reduce((total, { high }) => total + Number(high), 0) ?? NaN;
          return offsets !== undefined;
        }),
      );
      return sum;
    },
    async forgetRelayed() {
      for (const service of services) {
        const database = await server.open(service);
        await forgetRelayed(database);
      }
    },
    async drop() {
      await Promise.all(processes.map((one) => one.stop()));
      await server.drop();
      await administer(kafka, async (admin) => {
        const mine = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
        if (mine.length > 0) await admin.deleteTopics({ topics: mine });
      });
    },
  };
}

interface Host {
  readonly url: string;
  readonly brokers: readonly string[];
  readonly prefix: string;
}

async function startProcess({ url, brokers, prefix }: Host, options: ProcessOptions): Promise<TestProcess> {
  const line = await cuttableLine(url);
  const sockets = cuttableSockets();
  const databases = new Map<ServiceName, Promise<Database>>();
  const database = (service: ServiceName): Promise<Database> => {
    const opened =
      databases.get(service) ?? openDatabase({ url: line.url, schema: service, applicationName: `test ${service}` });
    databases.set(service, opened);
    return opened;
  };
  const { probe, check, log = quiet, pollMs = 20 } = options;
  const hosted: ServiceOnKafka[] = await Promise.all(
    services.map(async (name) => ({ name, database: await database(name), ...declared(name) })),
  );
  const transport = await openKafkaTransport({
    connection: { brokers, prefix },
    url: line.url,
    services: hosted,
    sockets: sockets.open,
    sessionTimeoutMs,
    log,
    probe,
    pollMs,
    check,
  });
  let over = false;
  const stop = async (): Promise<void> => {
    if (over) return;
    over = true;
    await transport.stop();
    for (const one of databases.values()) await (await one).close();
    await line.cut();
    sockets.cut();
  };
  return {
    transport,
    stop,
    database,
    async kill() {
      sockets.cut();
      await line.cut();
      // Without its connections it can do no more than end its own timers; whatever hangs in the probe hangs for ever.
      stop().catch(() => undefined);
    },
    async disconnect() {
      line.interrupt();
      sockets.interrupt();
    },
    depose: async () => sockets.cut(),
  };
}

function declared(name: ServiceName): Pick<ServiceOnKafka, 'consumes' | 'publishes'> {
  const publishes = Object.values(topics).filter((topic) => topic.producer === name);
  const consumes = Object.values(topics).filter((topic) => topic.producer !== name);
  return { publishes, consumes };
}

/** Kafka can only lose records from a partition's beginning. */
async function loseRecords(
  kafka: kafkajs.Kafka,
  { topic, partition, offset }: { topic: string; partition: number; offset: number },
): Promise<void> {
  await administer(kafka, async (admin) => {
    await eventually('the relay has shipped them', async () => {
      const ends = await admin.fetchTopicOffsets(topic);
      return ends.some((one) => one.partition === partition && Number(one.high) >= offset);
    });
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  });
}

async function administer(kafka: kafkajs.Kafka, act: (admin: kafkajs.Admin) => Promise<unknown>): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await act(admin);
  } finally {
    await admin.disconnect();
  }
}
