import { topics } from '@baton/contracts/topics';
import { openDatabase } from '@baton/persistence/open-database';
import { testServer } from '@baton/testing/database';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { afterEach, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, type Server, createServer } from 'node:net';
import { kafkaClient } from '../src/kafka-client.js';
import { KafkaGroup } from '../src/kafka-group.js';
import { KafkaTopics } from '../src/kafka-topics.js';
import { openKafkaTransport } from '../src/kafka-transport.js';
import { partitionOf } from '../src/partition-of.js';
import { cuttableSockets } from './cuttable-sockets.js';
import { kafkaInstallation } from './kafka-harness.js';
import { latch } from './latch.js';
import { journeysOf, publish, settled, startPipeline } from './pipeline.js';
import { engaged } from './published-facts.js';

jest.setTimeout(60_000);

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** A process has 7.5 s to end after SIGTERM. */
const longestStopMs = 6_500;

describeWithKafka('a stop, also while brokers do not answer,', () => {
  const undo: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const one of undo.splice(0).reverse()) await one();
  });

  async function msOf(work: Promise<unknown>): Promise<number> {
    const begun = performance.now();
    await work;
    return performance.now() - begun;
  }

  it('leaves its group, so that others need not wait until they miss it, having told how far it came', async () => {
    const installation = await kafkaInstallation();
    undo.push(() => installation.drop());
    const groupId = `${installation.prefix}baton.scoring`;
    const topic = `${installation.prefix}lead.events`;
    const process = await startPipeline(installation);
    await publish(process, [engaged('ada', 1), engaged('ada', 2)]);
    await settled(process);
    await process.stop();
    await installation.administer(async (admin) => {
      const { groups } = await admin.describeGroups([groupId]);
      expect(groups.map(({ members }) => members.length)).toEqual([0]);
      const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const offset = committed?.partitions.find(({ partition }) => partition === partitionOf('ada', 4))?.offset;
      expect(offset).toBe('2');
    });
  });

  it('takes no partition while it finishes a batch, though others join meanwhile', async () => {
    const installation = await kafkaInstallation();
    undo.push(() => installation.drop());
    const entered = latch();
    const gate = latch();
    const leaving = await startPipeline(installation, {
      before: async () => {
        entered.open();
        await gate.opened;
        return { publish: [] };
      },
    });
    await publish(leaving, [engaged('ada', 1)]);
    await entered.opened;
    const stopped = leaving.stop();
    const heir = await startPipeline(installation);
    gate.open();
    await stopped;
    expect(leaving.transport.lags()).toEqual([]);
    await publish(heir, [engaged('ada', 2)]);
    await settled(heir);
    expect(await journeysOf(heir, 'scoring')).toEqual({ ada: ['ada.1', 'ada.2'] });
  });

  it('does not wait for a group that was never reached', async () => {
    const hole: Server = createServer((socket) => void socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(hole, 'listening');
    const connected = once(hole, 'connection');
    const brokers = [`127.0.0.1:${(hole.address() as AddressInfo).port}`];
    const sockets = cuttableSockets();
    undo.push(() => Promise.resolve([sockets.cut(), hole.close()]));
    const group = new KafkaGroup({
      kafka: kafkaClient({ connection: { brokers }, clientId: 'lost', log: quiet, sockets: sockets.open }),
      groupId: 'lost',
      topics: ['lead.events'],
      sessionTimeoutMs: 1_200,
      log: quiet,
      assigned: () => undefined,
      fetched: () => Promise.resolve(),
      handledOffsets: () => [],
    });
    group.start().catch(() => undefined);
    await connected;
    expect(await msOf(group.stop())).toBeLessThan(longestStopMs);
  });

  it('does not wait to learn where a partition begins', async () => {
    const installation = await kafkaInstallation();
    undo.push(() => installation.drop());
    const sockets = cuttableSockets();
    undo.push(() => Promise.resolve(sockets.cut()));
    const connection = { brokers: await testKafkaBrokers() };
    const admin = kafkaClient({ connection, clientId: 'asking', log: quiet, sockets: sockets.open }).admin();
    await admin.connect();
    const { prefix } = installation;
    const stop = new AbortController();
    const asked = new KafkaTopics({ admin, prefix, partitions: 4, log: quiet, stopping: stop.signal });
    await asked.ensure([topics.leadEvents]);
    sockets.freeze();
    const answer = asked.boundsOf(topics.leadEvents, 0);
    stop.abort();
    await expect(answer).rejects.toThrow(/asking where \S+lead\.events begins failed: this process stops/);
  });

  it('does not wait for what the relay sends, which is sent again by whoever starts next', async () => {
    const server = await testServer();
    const database = await openDatabase({ url: server.url, schema: 'ingest' });
    undo.push(() => server.drop());
    undo.push(() => database.close());
    const sockets = cuttableSockets();
    undo.push(() => Promise.resolve(sockets.cut()));
    const transport = await openKafkaTransport({
      connection: { brokers: await testKafkaBrokers(), prefix: `${randomUUID().slice(0, 8)}.` },
      url: server.url,
      log: quiet,
      services: [{ name: 'ingest', database, consumes: [], publishes: [topics.leadEvents] }],
      sockets: sockets.open,
      pollMs: 20,
    });
    await transport.start();
    sockets.freeze();
    await transport.unitOfWork('ingest', database).run(async () => ({ result: null, publish: [engaged('ada', 1)] }));
    expect(await msOf(transport.stop())).toBeLessThan(longestStopMs);
  });
});
