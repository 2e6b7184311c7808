import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { expect, it } from '@jest/globals';
import { createHook } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { kafkaClient } from '../src/kafka-client.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const watchedMs = 500;

/** Timers that anything in this process sets while nothing is asked of it. */
async function timersSet(): Promise<number> {
  let timers = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'Timeout') timers += 1;
    },
  });
  const watched = delay(watchedMs);
  hook.enable();
  await watched;
  hook.disable();
  return timers;
}

describeWithKafka('a connection on which nothing is asked', () => {
  it('sleeps, instead of waking up every millisecond to see whether something waits', async () => {
    const connection = { brokers: await testKafkaBrokers() };
    const admin = kafkaClient({ connection, clientId: 'idle', log: quiet }).admin();
    await admin.connect();
    await admin.listTopics();
    expect(await timersSet()).toBeLessThan(20);
    await admin.disconnect();
  });
});
