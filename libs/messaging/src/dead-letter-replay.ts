import { claimDeadLetter, markReplayed } from './dead-letter-store.js';
import { foreignType } from './foreign-messages.js';
import { type Publisher, transact } from './transact.js';
import type { Subscription } from './transport.js';

/** Handles a dead letter's record again, in one transaction; answers false when there is none to replay. Throws what its handler throws. */
export async function replayDeadLetter(
  publisher: Publisher,
  subscriptions: readonly Subscription[],
  id: string,
): Promise<boolean> {
  const { service } = publisher.outbox;
  let found = false;
  await transact(publisher, async (sql) => {
    const record = await claimDeadLetter(sql, id);
    if (!record) return { publish: [] };
    if (record.envelope.type === foreignType)
      throw new Error('This message was never a fact of ours: whoever wrote it to the topic must be stopped or mended');
    const subscription = subscriptions.find((one) => one.service === service && one.topic.name === record.topic);
    if (!subscription)
      throw new Error(`${service} no longer consumes ${record.topic}: this dead letter cannot be replayed`);
    found = true;
    await markReplayed(sql, id);
    return subscription.handler({ topic: record.topic, records: [record] }, sql);
  });
  return found;
}
