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
import { openKafkaTransport } from '../src/kafka-transport.js';
import { cuttableSockets } from './cuttable-sockets.js';
import { engaged } from './published-facts.js';

jest.setTimeout(60_000);

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** A process has 7.5 s to end after SIGTERM. */
const longestStopMs = 6_500;

describeWithKafka('a stop while brokers do not answer', () => {
  const undo: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const one of undo.splice(0).reverse()) await one();
  });

  async function msOf(work: Promise<unknown>): Promise<number> {
    const begun = performance.now();
    await work;
    return performance.now() - begun;
  }

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
