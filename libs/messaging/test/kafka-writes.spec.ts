import { topics } from '@baton/contracts/topics';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { eventually } from '@baton/testing/eventually';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { connect } from 'node:net';
import { listDeadLetters } from '../src/dead-letter-store.js';
import { type ISocketFactory, kafkaClient } from '../src/kafka-client.js';
import { partitionOf } from '../src/partition-of.js';
import { SteadyProducer } from '../src/steady-producer.js';
import { type KafkaInstallation, kafkaInstallation } from './kafka-harness.js';
import { journeysOf, publish, settled, startPipeline } from './pipeline.js';
import { engaged, expectedJourneys, interleaved } from './published-facts.js';

jest.setTimeout(60_000);

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** What a request to write says of the answer that it waits for. */
const everyReplica = -1;

describeWithKafka('Kafka write tests', () => {
  let installation: KafkaInstallation;

  beforeEach(async () => {
    installation = await kafkaInstallation();
  });

  afterEach(async () => {
    await installation.drop();
  });

  const key = '0192f5a0-7c3e-7d10-8a51-3f6b6f0c9d2e';

  it('takes as many small events of one visitor as a request to the door may bring', async () => {
    const process = await installation.process();
    await process.transport.start();
    const events = interleaved([key], 2_500).map((fact) => ({
      ...fact,
      topic: topics.visitorEvents,
      type: 'baton.visitor.event-accepted.v1',
      data: { text: 'x'.repeat(100) },
    }));
    await process.transport.append('ingest', await process.database('ingest'), events);
    expect(await installation.sent('visitor.events')).toBe(2_500);
  });

  it('ships facts whose keys and headers together are too much for what a broker takes at a time', async () => {
    const process = await startPipeline(installation);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const facts = interleaved([key], 1_000).map((fact) => ({ ...fact, traceparent, data: { text: 'x'.repeat(620) } }));
    await publish(process, facts, 1_000);
    await settled(process);
    expect(await journeysOf(process, 'scoring')).toEqual(expectedJourneys([key], 1_000));
  });

  it('lets one replica ship at a time, however many there are', async () => {
    const processes = [await startPipeline(installation), await startPipeline(installation)];
    await Promise.all(
      processes.map((one, index) => publish(one, interleaved([`ada ${index}`, `bob ${index}`], 100), 2)),
    );
    for (const one of processes) await settled(one);
    expect(await installation.sent('lead.events')).toBe(400);
    expect(await installation.sent('lead.scores')).toBe(400);
  });

  it('asks for the answer of every replica in sync', async () => {
    const acks: number[] = [];
    const connection = { brokers: await testKafkaBrokers() };
    const kafka = kafkaClient({ connection, clientId: 'writes', log: quiet, sockets: socketsTelling(acks) });
    await installation.administer((admin) => admin.createTopics({ topics: [{ topic: `${installation.prefix}any` }] }));
    const producer = new SteadyProducer(kafka);
    await producer.send([{ topic: `${installation.prefix}any`, messages: [{ partition: 0, key: 'k', value: 'v' }] }]);
    await producer.close();
    expect(new Set(acks)).toEqual(new Set([everyReplica]));
  });

  it.each([
    ['key', { key: 'k'.repeat(800_000), value: 'not JSON' }],
    ['text', { key: 'k', value: '"\u0000'.repeat(400_000) }],
  ])('puts a foreign message aside whose %s is as large as a broker takes', async (_what, message) => {
    const process = await startPipeline(installation);
    await installation.produce('lead.events', [{ partition: partitionOf('ada', 4), ...message }]);
    await publish(process, [engaged('ada', 1)]);
    await settled(process);
    const database = await process.database('scoring');
    await eventually('it is put aside', async () => (await listDeadLetters(database)).length === 1);
    await eventually('it is told', async () => (await installation.sent('dead-letters.scoring')) === 1);
    expect(await journeysOf(process, 'scoring')).toEqual({ ada: ['ada.1'] });
  });
});

/** Sockets that note of each request to write which answer it waits for. */
function socketsTelling(acks: number[]): ISocketFactory {
  return ({ host, port, onConnect }) => {
    const socket = connect({ host, port }, onConnect);
    const write = socket.write.bind(socket) as (request: Buffer, encoding: BufferEncoding) => boolean;
    socket.write = (request: unknown, encoding: unknown) => {
      acks.push(...acksOf(request as Buffer));
      return write(request as Buffer, encoding as BufferEncoding);
    };
    return socket;
  };
}

/** A request begins with its size, kind, version and number, and who sends it; one to write goes on with a transaction's name. */
function acksOf(request: Buffer): number[] {
  const write = 0;
  if (request.readInt16BE(4) !== write) return [];
  const behindSender = 14 + request.readInt16BE(12);
  return [request.readInt16BE(behindSender + 2 + Math.max(0, request.readInt16BE(behindSender)))];
}
