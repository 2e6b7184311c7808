import { deadLettersOf, topics } from '@baton/contracts/topics';
import { openDatabase } from '@baton/persistence/open-database';
import { type TestServer, testServer } from '@baton/testing/database';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import kafkajs from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { listDeadLetters, showDeadLetter } from '../src/dead-letter-store.js';
import { type EachBatchPayload, type Kafka, kafkaClient } from '../src/kafka-client.js';
import { KafkaGroup } from '../src/kafka-group.js';
import { KafkaTopics } from '../src/kafka-topics.js';
import { openKafkaTransport } from '../src/kafka-transport.js';
import { partitionOf } from '../src/partition-of.js';
import { SteadyProducer } from '../src/steady-producer.js';
import { cuttableSockets } from './cuttable-sockets.js';
import { type KafkaInstallation, kafkaInstallation } from './kafka-harness.js';
import { eventually } from '@baton/testing/eventually';
import { expectJourneys, leads, publish, settled, startPipeline } from './pipeline.js';
import { engaged, interleaved } from './published-facts.js';

jest.setTimeout(60_000);

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describeWithKafka('Kafka hazard tests', () => {
  describe('what kafkajs does badly', () => {
    let kafka: Kafka;
    let topic: string;
    const sockets = cuttableSockets();

    beforeEach(async () => {
      topic = `hazards-${randomUUID()}`;
      kafka = kafkaClient({
        connection: { brokers: await testKafkaBrokers() },
        clientId: 'hazards',
        log: quiet,
        sockets: sockets.open,
      });
      await administer(kafka, (admin) =>
        admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true }),
      );
    });

    afterEach(async () => {
      await administer(kafka, (admin) => admin.deleteTopics({ topics: [topic] }));
    });

    const message = (value: string) => [{ topic, messages: [{ partition: 0, key: 'k', value }] }];

    it('is a member again after its consumer crashed for good', async () => {
      const producer = new SteadyProducer(kafka);
      const seen: string[] = [];
      let crashes = 2;
      const group = new KafkaGroup({
        kafka,
        groupId: topic,
        topics: [topic],
        sessionTimeoutMs: 1_200,
        log: quiet,
        assigned: () => group.seek({ topic, partition: 0 }, seen.length),
        async fetched({ batch }: EachBatchPayload) {
          // kafkajs takes what is not its own error for final and never restarts.
          if (crashes-- > 0) throw new TypeError('of the program, not of the broker');
          seen.push(...batch.messages.map(({ value }) => String(value)));
        },
        handledOffsets: () => [],
      });
      await group.start();
      await producer.send(message('one'));
      await producer.send(message('two'));
      await eventually('both have come', () => seen.length === 2);
      expect(seen).toEqual(['one', 'two']);
      await group.stop();
      await producer.close();
    });

    it('writes again after a request of unknown fate, with another producer', async () => {
      const producer = new SteadyProducer(kafka);
      await producer.send(message('one'));
      const doubtful = producer.send(message('two')).catch((error: unknown) => error);
      sockets.interrupt();
      await doubtful;
      await producer.send(message('three'));
      const [end] = await administer(kafka, (admin) => admin.fetchTopicOffsets(topic));
      expect(Number(end?.high)).toBeGreaterThanOrEqual(2);
      await producer.close();
    });
  });

  describe('the transport', () => {
    let installation: KafkaInstallation;

    beforeEach(async () => {
      installation = await kafkaInstallation();
    });

    afterEach(async () => {
      await installation.drop();
    });

    it('goes on where the service stands, whatever offsets were committed to the broker', async () => {
      const first = await startPipeline(installation);
      await publish(first, interleaved(leads, 3));
      await expectJourneys(first, 3);
      await first.stop();
      const topic = `${installation.prefix}lead.events`;
      const partitions = [0, 1, 2, 3].map((partition) => ({ partition, offset: partition % 2 === 0 ? '0' : '900' }));
      await installation.administer((admin) =>
        admin.setOffsets({ groupId: `${installation.prefix}baton.scoring`, topic, partitions }),
      );
      const second = await startPipeline(installation);
      await publish(
        second,
        leads.map((lead) => engaged(lead, 4)),
      );
      await expectJourneys(second, 4);
    });

    it('knows what the relay sends again by its number, at the end of the log too', async () => {
      const first = await startPipeline(installation);
      await publish(first, interleaved(leads, 3));
      await expectJourneys(first, 3);
      await first.stop();
      await installation.forgetRelayed();
      const second = await startPipeline(installation);
      await eventually(
        'everything has been sent twice',
        async () => (await installation.sent('lead.events')) >= 6 * leads.length,
      );
      await expectJourneys(second, 3);
      await publish(
        second,
        leads.map((lead) => engaged(lead, 4)),
      );
      await expectJourneys(second, 4);
    });

    it('puts foreign messages aside with the reason, and handles their neighbours', async () => {
      const process = await startPipeline(installation);
      await publish(process, [engaged('ada', 1)]);
      await settled(process);
      const partition = partitionOf('ada', 4);
      const envelope = { specversion: '1.0', id: 'x', time: 'now', subject: 'ada', partitionsequence: 1, data: {} };
      await installation.produce('lead.events', [
        { partition, key: 'ada', value: 'not JSON' },
        { partition, key: 'ada', value: null },
        {
          partition,
          key: 'ada',
          value: JSON.stringify({ ...envelope, source: 'someone', type: 'baton.lead.engaged.v1' }),
        },
        {
          partition,
          key: 'ada',
          value: JSON.stringify({ ...envelope, source: 'ingest', type: 'baton.lead.invented.v1' }),
        },
      ]);
      await publish(process, [engaged('ada', 2)]);
      await settled(process);
      const database = await process.database('scoring');
      await eventually('four are put aside', async () => (await listDeadLetters(database)).length === 4);
      const letters = await listDeadLetters(database);
      expect(letters.map(({ reason }) => reason).sort()).toEqual([
        'The message comes from "someone", not from ingest',
        'The message has the type "baton.lead.invented.v1", which lead.events does not carry',
        'The message is not a JSON object',
        'The message is not a JSON object',
      ]);
      expect((await showDeadLetter(database, `lead.events/${partition}/offset-1`))?.original).toContain('not JSON');
      await eventually(
        'they are told on the dead letters of the service',
        async () => (await installation.sent(deadLettersOf('scoring').name)) === 4,
      );
      await expect(process.transport.replayDeadLetter('scoring', `lead.events/${partition}/offset-1`)).rejects.toThrow(
        'was never a fact',
      );
    });

    it('checks the data of facts by what it is given, and puts aside what does not fit', async () => {
      const process = await startPipeline(installation, {
        check: (_topic, _type, data) => ((data as { bad?: true }).bad ? 'has bad data' : undefined),
      });
      await publish(process, [engaged('ada', 1)]);
      await settled(process);
      const database = await process.database('scoring');
      const value = JSON.stringify({
        specversion: '1.0',
        id: 'x',
        time: 'now',
        source: 'ingest',
        subject: 'ada',
        type: 'baton.lead.engaged.v1',
        partitionsequence: 1,
        data: { bad: true },
      });
      await installation.produce('lead.events', [{ partition: partitionOf('ada', 4), key: 'ada', value }]);
      await eventually('it is put aside', async () => (await listDeadLetters(database)).length === 1);
      expect((await listDeadLetters(database))[0]?.reason).toBe('The message has bad data');
    });

    it('leaves the data of facts that a service passes over to those who handle them', async () => {
      const seen: string[] = [];
      const process = await installation.process({ check: () => 'has bad data' });
      const database = await process.database('scoring');
      process.transport.subscribe({
        service: 'scoring',
        topic: topics.leadEvents,
        database,
        types: ['baton.lead.erased.v1'],
        handler({ records }) {
          seen.push(...records.map(({ envelope }) => envelope.id));
          return Promise.resolve({ publish: [] });
        },
      });
      await process.transport.start();
      await publish(process, [engaged('ada', 1), engaged('ada', 2)]);
      expect(
        await process.transport.waitFor('scoring', await process.transport.endPositions([topics.leadEvents]), 20_000),
      ).toBe(true);
      await publish(process, [{ ...engaged('ada', 3), type: 'baton.lead.erased.v1' }]);
      await eventually('what it handles is put aside', async () => (await listDeadLetters(database)).length > 0);
      expect((await listDeadLetters(database)).map(({ id }) => id)).toEqual([expect.stringMatching(/offset-2$/)]);
      expect(seen).toEqual([]);
    });

    it('writes facts of a direct topic in the order of the calls, whatever their size, and reads them by the broker’s own numbers', async () => {
      const seen: string[] = [];
      const process = await installation.process();
      process.transport.subscribe({
        service: 'ingest',
        topic: topics.visitorEvents,
        database: await process.database('ingest'),
        async handler({ records }) {
          seen.push(...records.map(({ envelope, position }) => `${position} ${envelope.id}`));
          return { publish: [] };
        },
      });
      await process.transport.start();
      const fact = (id: string, text = '') => ({
        ...engaged('v', 1, { text }),
        topic: topics.visitorEvents,
        type: 'baton.visitor.event-accepted.v1',
        id,
      });
      const database = await process.database('ingest');
      const ids = Array.from({ length: 6 }, (_, index) => `${index}`);
      await process.transport.append(
        'ingest',
        database,
        ids.map((id) => fact(id, 'x'.repeat(400_000))),
      );
      await process.transport.append('ingest', database, [fact('last')]);
      await expect(process.transport.append('ingest', database, [fact('large', 'x'.repeat(900_001))])).rejects.toThrow(
        'has 900',
      );
      const ends = await process.transport.endPositions([topics.visitorEvents]);
      expect(await process.transport.waitFor('ingest', ends, 20_000)).toBe(true);
      expect(seen).toEqual([...ids.map((id) => `${id} ${id}`), '6 last']);
    });

    it('refuses topics of another number of partitions, and only tells of other settings', async () => {
      const admin = installation.kafka.admin();
      await admin.connect();
      const warned: unknown[] = [];
      const log = { ...quiet, warn: (message: string, fields?: object) => void warned.push({ message, ...fields }) };
      const options = { admin, prefix: installation.prefix, replication: 1, log };
      await admin.createTopics({
        topics: [
          {
            topic: `${installation.prefix}lead.events`,
            numPartitions: 4,
            configEntries: [
              { name: 'retention.ms', value: '1000' },
              { name: 'segment.ms', value: '86400000' },
            ],
          },
        ],
        waitForLeaders: true,
      });
      await new KafkaTopics({ ...options, partitions: 4 }).ensure([topics.leadEvents, topics.playbooks]);
      expect(warned).toEqual([
        {
          message: 'A topic is set otherwise than declared and is left so',
          topic: `${installation.prefix}lead.events`,
          setting: 'retention.ms',
          is: '1000',
          declared: '604800000',
        },
      ]);
      await expect(new KafkaTopics({ ...options, partitions: 6 }).ensure([topics.leadEvents])).rejects.toThrow(
        'has 4 partitions, but this installation is set to 6: set KAFKA_PARTITIONS to 4',
      );
      const [offsets] = await admin.fetchTopicOffsets(`${installation.prefix}playbooks`);
      expect(offsets).toMatchObject({ partition: 0, high: '0' });
      await admin.disconnect();
    });
  });

  it('says at once that no broker can be reached, naming where it looked', async () => {
    const server: TestServer = await testServer();
    const database = await openDatabase({ url: server.url, schema: 'ingest' });
    const transport = await openKafkaTransport({
      connection: { brokers: ['127.0.0.1:1'] },
      url: server.url,
      log: quiet,
      services: [{ name: 'ingest', database, consumes: [], publishes: [topics.leadEvents] }],
    });
    await expect(transport.start()).rejects.toThrow('Kafka: reaching 127.0.0.1:1 failed');
    await transport.stop();
    await database.close();
    await server.drop();
  });
});

async function administer<Answer>(kafka: Kafka, act: (admin: kafkajs.Admin) => Promise<Answer>): Promise<Answer> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await act(admin);
  } finally {
    await admin.disconnect();
  }
}
