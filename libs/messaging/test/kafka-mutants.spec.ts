import { topics } from '@baton/contracts/topics';
import { describeWithKafka } from '@baton/testing/kafka';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { Transport } from '../src/transport.js';
import { createJourneys } from './journey-store.js';
import { type KafkaInstallation, kafkaInstallation } from './kafka-harness.js';
import { eventually } from '@baton/testing/eventually';
import { journeysOf, keepJourneys, publish } from './pipeline.js';
import { engaged } from './published-facts.js';
import type { TestProcess } from './transport-harness.js';

jest.setTimeout(60_000);

describeWithKafka('Kafka mutant tests', () => {
  let installation: KafkaInstallation;

  beforeEach(async () => {
    installation = await kafkaInstallation();
  });

  afterEach(async () => {
    await installation.drop();
  });

  /** Handles a fact, sends it again as a relay does after a crash, and then another; answers what scoring has seen. */
  async function sentTwice(topic: typeof topics.leadEvents): Promise<string[]> {
    const process = await reading(topic);
    await publish(process, [engaged('ada', 1)]);
    await eventually('the first is handled', async () => (await seenBy(process)).length === 1);
    await process.stop();
    await installation.forgetRelayed();
    const heir = await reading(topic);
    await publish(heir, [engaged('ada', 2)]);
    await eventually('the second is handled', async () => (await seenBy(heir)).includes('ada.2'));
    return seenBy(heir);
  }

  async function reading(topic: typeof topics.leadEvents): Promise<TestProcess> {
    const process = await installation.process();
    const database = await process.database('scoring');
    await createJourneys(database);
    process.transport.subscribe({ service: 'scoring', topic, database, handler: keepJourneys });
    await process.transport.start();
    return process;
  }

  async function seenBy(process: TestProcess): Promise<string[]> {
    return (await journeysOf(process, 'scoring'))['ada'] ?? [];
  }

  it('repeats effects when the partitionsequence is ignored and the broker’s offset counts', async () => {
    expect(await sentTwice({ ...topics.leadEvents, direct: true } as typeof topics.leadEvents)).toEqual([
      'ada.1',
      'ada.1',
      'ada.2',
    ]);
  });

  it('repeats nothing when it counts', async () => {
    expect(await sentTwice(topics.leadEvents)).toEqual(['ada.1', 'ada.2']);
  });

  type Append = Transport['append'];

  /** A process that is cut off from the brokers takes an event in; answers whether it said that it had, and what is in the log. */
  async function cutOff(otherwise: (append: Append) => Append): Promise<{ answered: boolean; kept: number }> {
    const process = await installation.process();
    await process.transport.start();
    const database = await process.database('ingest');
    await process.depose();
    const fact = { ...engaged('v', 1), topic: topics.visitorEvents, type: 'baton.visitor.event-accepted.v1' };
    const append = otherwise((...given) => process.transport.append(...given));
    const answered = await append('ingest', database, [fact]).then(
      () => true,
      () => false,
    );
    await process.stop();
    return { answered, kept: await installation.sent('visitor.events') };
  }

  const tooEarly =
    (append: Append): Append =>
    (...given) => {
      append(...given).catch(() => undefined);
      return Promise.resolve();
    };

  it('promises what is not kept when it answers before the brokers do', async () => {
    expect(await cutOff(tooEarly)).toEqual({ answered: true, kept: 0 });
  });

  it('promises nothing when it waits for them', async () => {
    expect(await cutOff((append) => append)).toEqual({ answered: false, kept: 0 });
  });
});
