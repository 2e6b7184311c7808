import { topics } from '@baton/contracts/topics';
import { describeWithKafka } from '@baton/testing/kafka';
import { eventually } from '@baton/testing/eventually';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { Publication } from '../src/record.js';
import { measureOutbox } from '../src/relay-store.js';
import { type KafkaInstallation, kafkaInstallation } from './kafka-harness.js';
import { publish } from './pipeline.js';
import { engaged } from './published-facts.js';
import type { TestProcess } from './transport-harness.js';

jest.setTimeout(60_000);

const topicConfig = 2;

const key = (id: string, bytes: number): Publication => ({
  topic: topics.access,
  key: 'a key',
  type: 'baton.access.key-published.v1',
  id,
  time: '2026-03-02T09:00:00.000Z',
  data: { text: 'x'.repeat(bytes) },
});

describeWithKafka('a topic that refuses what the outbox has for it', () => {
  let installation: KafkaInstallation;
  let process: TestProcess;
  let warnings: unknown[];
  let handled: string[];

  beforeEach(async () => {
    installation = await kafkaInstallation();
    warnings = [];
    handled = [];
    const log = {
      info: () => undefined,
      warn: (_text: string, about: unknown) => warnings.push(about),
      error: () => undefined,
    };
    process = await installation.process({ log });
    process.transport.subscribe({
      service: 'reporting',
      topic: topics.access,
      database: await process.database('reporting'),
      handler: ({ records }) => {
        handled.push(...records.map(({ envelope }) => envelope.id));
        return Promise.resolve({ publish: [] });
      },
    });
    await process.transport.start();
  });
  afterEach(() => installation.drop());

  const takeAtMost = (bytes: number) =>
    installation.administer((admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: topicConfig,
            name: installation.prefix + topics.access.name,
            configEntries: [{ name: 'max.message.bytes', value: String(bytes) }],
          },
        ],
      }),
    );

  it('holds up no other of its service, and keeps its own order until it takes it', async () => {
    const ingest = await process.database('ingest');
    const waiting = async () => (await measureOutbox(ingest)).records;
    await takeAtMost(2_000);
    await publish(process, [key('large', 5_000), key('small', 10), engaged('ada', 1)]);
    await eventually('only what is refused waits', async () => (await waiting()) === 2);
    for (let number = 2; number <= 20; number += 1) {
      await publish(process, [engaged('ada', number)]);
      await eventually('what comes later does not wait', async () => (await waiting()) === 2);
    }
    // The first may be there twice: once from the request for both topics.
    expect(await installation.sent('lead.events')).toBeLessThanOrEqual(21);
    expect(await installation.sent('access')).toBe(0);
    expect(warnings).toContainEqual(
      expect.objectContaining({ topic: 'access', reason: expect.stringContaining('larger than the max message size') }),
    );
    await takeAtMost(1_000_000);
    await eventually('it is handled', () => handled.length === 2);
    expect(handled).toEqual(['large', 'small']);
  });
});
