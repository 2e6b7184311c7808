import { topics } from '@baton/contracts/topics';
import { describeWithKafka } from '@baton/testing/kafka';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { Message } from 'kafkajs';
import type { Publication } from '../src/record.js';
import { eventually } from '@baton/testing/eventually';
import { type KafkaInstallation, kafkaInstallation } from './kafka-harness.js';
import type { TestProcess } from './transport-harness.js';

jest.setTimeout(60_000);

const topic = topics.roster;

const version = (key: string, number: number): Publication => ({
  topic,
  key,
  type: 'baton.roster.published.v1',
  id: `${key} ${number}`,
  time: '2026-03-02T09:00:00.000Z',
  data: { version: number },
});

describeWithKafka('Kafka table tests', () => {
  let installation: KafkaInstallation;
  let process: TestProcess;

  beforeEach(async () => {
    installation = await kafkaInstallation();
    process = await installation.process();
  });
  afterEach(() => installation.drop());

  async function publish(...facts: Publication[]): Promise<void> {
    const unit = process.transport.unitOfWork('routing', await process.database('routing'));
    for (const fact of facts) await unit.run(() => Promise.resolve({ result: null, publish: [fact] }));
  }

  const idsOf = async ({ transport }: TestProcess) =>
    (await transport.readTable(topic)).flatMap(({ records }) => records.map(({ envelope }) => envelope.id));

  /** The first messages of the topic, as they lie there. */
  async function firstMessages(count: number): Promise<Message[]> {
    const consumer = installation.kafka.consumer({ groupId: `${installation.prefix}copies` });
    const read: Message[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic: installation.prefix + topic.name, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message: { key, value, headers } }) => {
        read.push({ key, value, ...(headers && { headers }), partition: 0 });
        return Promise.resolve();
      },
    });
    await eventually('they are read', () => read.length >= count);
    await consumer.disconnect();
    return read.slice(0, count);
  }

  it('is read to its end at once where the last that it has is a mark of a stranger’s transaction', async () => {
    await process.transport.start();
    await publish(version('a', 1));
    await eventually('it is shipped', async () => (await installation.sent(topic.name)) > 0);
    const producer = installation.kafka.producer({ transactionalId: installation.prefix, maxInFlightRequests: 1 });
    await producer.connect();
    const strange = {
      topic: installation.prefix + topic.name,
      messages: [{ partition: 0, key: 'a', value: 'no JSON' }],
    };
    for (const end of ['commit', 'abort'] as const) {
      const transaction = await producer.transaction();
      await transaction.send(strange);
      // The table stands behind the message before the mark comes, so the mark comes alone.
      expect(await idsOf(process)).toEqual(['a 1']);
      const before = await installation.sent(topic.name);
      await transaction[end]();
      await eventually('the mark is there', async () => (await installation.sent(topic.name)) > before);
      const began = performance.now();
      expect(await idsOf(process)).toEqual(['a 1']);
      expect(performance.now() - began).toBeLessThan(10_000);
    }
    await producer.disconnect();
  });

  it('keeps the newest of a key where a relay that slept through its lease put an older one behind it', async () => {
    const handled: string[] = [];
    process.transport.subscribe({
      service: 'reporting',
      topic,
      database: await process.database('reporting'),
      handler: ({ records }) => {
        handled.push(...records.map(({ envelope }) => envelope.id));
        return Promise.resolve({ publish: [] });
      },
    });
    await process.transport.start();
    await publish(version('a', 1), version('b', 1), version('a', 2));
    await eventually('they are shipped', async () => (await installation.sent(topic.name)) >= 3);
    await installation.produce(topic.name, await firstMessages(2));
    expect(await installation.sent(topic.name)).toBe(5);
    expect(await idsOf(process)).toEqual(['b 1', 'a 2']);
    const later = await installation.process();
    await later.transport.start();
    expect(await idsOf(later)).toEqual(['b 1', 'a 2']);
    await publish(version('b', 2));
    await eventually('the handler has all', () => handled.includes('b 2'));
    expect(handled).toEqual(['a 1', 'b 1', 'a 2', 'b 2']);
  });
});
