import type { Database } from '@baton/persistence/sql';
import { type TestServer, testServer } from '@baton/testing/database';
import { describeWithKafka } from '@baton/testing/kafka';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { forgetKeys } from '../src/erasure-store.js';
import { kafkaClient } from '../src/kafka-client.js';
import { KafkaTopics } from '../src/kafka-topics.js';
import { ensureLogTables } from '../src/log-tables-store.js';
import { LogView } from '../src/log-view.js';
import { openEmbeddedLog } from '../src/embedded-log.js';
import { OutboxRelay } from '../src/outbox-relay.js';
import { freeRelayLease, keepRelayed, measureOutbox, takeRelayLease } from '../src/relay-store.js';
import { SteadyProducer } from '../src/steady-producer.js';
import { type KafkaInstallation, kafkaInstallation } from './kafka-harness.js';
import { eventually } from '@baton/testing/eventually';
import { publish } from './pipeline.js';
import { ageSegments, fillShippedLog, holderOfLease, keysInHistory, rowsReadOf, waitingKeys } from './place-store.js';
import { engaged } from './published-facts.js';

jest.setTimeout(60_000);

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describeWithKafka('a relay with nothing to ship', () => {
  let installation: KafkaInstallation;
  beforeEach(async () => {
    installation = await kafkaInstallation();
  });
  afterEach(() => installation.drop());

  it('lets what was shipped go into the history, and takes erased keys out of it', async () => {
    const process = await installation.process();
    await process.transport.start();
    await publish(process, [engaged('ada', 1), engaged('bob', 1)]);
    await eventually('the broker has both', async () => (await installation.sent('lead.events')) === 2);
    await process.stop();

    const quietProcess = await installation.process();
    const ingest = await quietProcess.database('ingest');
    const routing = await quietProcess.database('routing');
    await ageSegments(ingest, 1);
    for (const database of [ingest, routing]) await forgetKeys(database, ['ada']);
    await quietProcess.transport.start();
    await eventually('the history has what the log had', async () => (await keysInHistory(ingest)).includes('bob'));
    await eventually(
      'each service has swept',
      async () => [...(await waitingKeys(ingest)), ...(await waitingKeys(routing))].length === 0,
    );
    expect(await keysInHistory(ingest)).toEqual(['bob']);
  });
});

describe('a relay whose lease another has', () => {
  let server: TestServer;
  let database: Database;
  let relay: OutboxRelay;
  let asked: string[];
  beforeEach(async () => {
    server = await testServer();
    database = await server.open('ingest');
    await ensureLogTables(database, 1);
    asked = [];
    const counted: Database = {
      ...database,
      query: (text, values) => (asked.push(text), database.query(text, values)),
    };
    const kafka = kafkaClient({ connection: { brokers: ['127.0.0.1:1'] }, clientId: 'none', log: quiet });
    relay = new OutboxRelay({
      database: counted,
      topics: [],
      broker: new KafkaTopics({ admin: kafka.admin(), prefix: '', partitions: 1, log: quiet }),
      producer: new SteadyProducer(kafka),
      view: new LogView(database, () => 'ingest'),
      leaseMs: 10_000,
      log: quiet,
    });
  });
  afterEach(async () => {
    await relay.stop();
    await server.drop();
  });

  const asksForLease = () => asked.filter((text) => text.includes('into relay_lease')).length;

  it('does not ask for it again at every commit it hears of', async () => {
    await takeRelayLease(database, 'another', 60_000);
    relay.start();
    await eventually('it has asked', () => asksForLease() > 0);
    for (let commit = 0; commit < 200; commit++) {
      relay.notice();
      await database.query(`select 'what the next commit takes'`);
    }
    expect(asksForLease()).toBe(1);
    expect(await holderOfLease(database)).toBe('another');
  });

  it.each([
    ['is over', 500, () => Promise.resolve()],
    ['is given back', 60_000, () => freeRelayLease(database, 'another')],
  ])('takes it when it %s', async (_when, ms, giveBack) => {
    await takeRelayLease(database, 'another', ms);
    relay.start();
    await eventually('it has asked', () => asksForLease() > 0);
    await giveBack();
    await eventually('it has the lease', async () => (await holderOfLease(database)) !== 'another');
  });
});

describe('the measure of an outbox', () => {
  let server: TestServer;
  let database: Database;
  beforeEach(async () => {
    server = await testServer();
    database = await server.open('ingest');
    await ensureLogTables(database, 1);
  });
  afterEach(() => server.drop());

  it('counts what the broker has not for sure, from the middle of a segment too, and tells the age of the oldest', async () => {
    const log = await openEmbeddedLog({ url: server.url, log: quiet, partitions: 1 });
    const publishTo = (...numbers: number[]) =>
      log.append(
        'ingest',
        database,
        numbers.map((number) => engaged('ada', number)),
      );
    expect(await measureOutbox(database)).toEqual({ records: 0, ageSeconds: 0 });
    await publishTo(1, 2);
    await ageSegments(database, 2);
    await publishTo(3, 4, 5);
    await ageSegments(database, 1);
    await publishTo(6);
    expect(await measured(6)).toBeCloseTo(3, 2);
    const shipped = (next: number) => keepRelayed(database, [{ topic: 'lead.events', partition: 0, next }]);
    await shipped(1);
    expect(await measured(5)).toBeCloseTo(3, 2);
    await shipped(2);
    expect(await measured(4)).toBeCloseTo(1, 2);
    await shipped(4);
    expect(await measured(2)).toBeCloseTo(1, 2);
    await shipped(5);
    expect(await measured(1)).toBeCloseTo(0, 2);
    await shipped(6);
    expect(await measureOutbox(database)).toEqual({ records: 0, ageSeconds: 0 });
    await log.stop();
  });

  /** The age of the oldest in days. */
  async function measured(records: number): Promise<number> {
    const measure = await measureOutbox(database);
    expect(measure.records).toBe(records);
    return measure.ageSeconds / 86_400;
  }

  it('does not look at what was shipped', async () => {
    await fillShippedLog(database, 'lead.events', 3_000);
    const rows = await database.transaction(async (sql) => {
      expect(await measureOutbox(sql)).toMatchObject({ records: 2 });
      return rowsReadOf(sql, 'outbox_segments');
    });
    expect(rows).toBeLessThan(100);
  });
});
