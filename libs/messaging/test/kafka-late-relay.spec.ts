import { topics } from '@baton/contracts/topics';
import { openDatabase } from '@baton/persistence/open-database';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { eventually } from '@baton/testing/eventually';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { type KafkaTransportOptions, openKafkaTransport } from '../src/kafka-transport.js';
import { measureOutbox } from '../src/relay-store.js';
import { cuttableSockets } from './cuttable-sockets.js';
import { type KafkaInstallation, kafkaInstallation } from './kafka-harness.js';
import { engaged } from './published-facts.js';

jest.setTimeout(60_000);

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describeWithKafka('a relay that hears of its request only when another has its lease', () => {
  let installation: KafkaInstallation;
  const undo: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    installation = await kafkaInstallation();
  });
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
    await installation.drop();
  });

  /** A process that publishes facts of ingest and ships them. */
  async function shipping({ log = quiet, sockets }: Partial<Pick<KafkaTransportOptions, 'log' | 'sockets'>>) {
    const database = await openDatabase({ url: installation.url, schema: 'ingest' });
    const transport = await openKafkaTransport({
      connection: { brokers: await testKafkaBrokers(), prefix: installation.prefix },
      url: installation.url,
      log,
      services: [{ name: 'ingest', database, consumes: [], publishes: [topics.leadEvents] }],
      sessionTimeoutMs: 1_200,
      pollMs: 20,
      ...(sockets && { sockets }),
    });
    await transport.start();
    undo.push(() => database.close());
    undo.push(() => transport.stop());
    const unit = transport.unitOfWork('ingest', database);
    return (number: number) => unit.run(async () => ({ result: null, publish: [engaged('ada', number)] }));
  }

  const sent = () => installation.sent('lead.events');

  it('does not put it behind what the other has sent meanwhile', async () => {
    const sockets = cuttableSockets();
    const reader = await openDatabase({ url: installation.url, schema: 'ingest' });
    undo.push(() => reader.close());
    undo.push(() => Promise.resolve(sockets.cut()));
    const troubles: string[] = [];
    const log = { ...quiet, warn: (text: string) => void troubles.push(text) };
    const publish = await shipping({ log, sockets: sockets.open });
    await publish(1);
    await eventually('it ships', async () => (await sent()) === 1);
    sockets.freeze();
    await publish(2);
    const publishElsewhere = await shipping({});
    await publishElsewhere(3);
    await eventually('the other ships in its place', async () => (await measureOutbox(reader)).records === 0);
    const before = await sent();
    sockets.thaw();
    await eventually(
      'it gives up or sends again',
      async () => troubles.some((text) => text.startsWith('The outbox cannot be shipped')) || (await sent()) > before,
    );
    expect(await sent()).toBe(before);
  });
});
