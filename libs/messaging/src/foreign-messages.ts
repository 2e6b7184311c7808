import { type Consumption, deadLettered } from './batch-consumer.js';
import { type DeadRecord, deadLetterId, keepDeadLetter } from './dead-letter-store.js';
import type { ForeignMessage } from './kafka-codec.js';
import { transact } from './transact.js';

/** What stands in place of a type in the dead letter of such a message. */
export const foreignType = 'foreign';

/** Puts a message aside that no service of ours wrote; again and again has the effect of once. */
export async function putAside(
  { subscription, publisher, log }: Consumption,
  partition: number,
  message: ForeignMessage,
): Promise<void> {
  const { service, topic } = subscription;
  const at = new Date().toISOString();
  const record = recordOfForeign(topic.name, partition, { message, at });
  const failure = { reason: `The message ${message.reason}`, attempts: 1, at };
  let isNew = false;
  await transact(publisher, async (sql) => {
    isNew = await keepDeadLetter(sql, record, failure);
    return { publish: isNew ? [deadLettered(service, record, failure)] : [] };
  });
  if (!isNew) return;
  const fields = { service, deadLetter: deadLetterId(record), reason: failure.reason };
  log.error('A foreign message was put aside: see baton dead-letters show', fields);
}

function recordOfForeign(
  topic: string,
  partition: number,
  { message, at }: { message: ForeignMessage; at: string },
): DeadRecord {
  return {
    topic,
    partition,
    position: message.offset,
    foreign: true,
    key: message.key,
    envelope: {
      specversion: '1.0',
      id: `${topic}/${partition}/offset-${message.offset}`,
      type: foreignType,
      source: 'unknown',
      subject: message.key,
      time: at,
      datacontenttype: 'application/json',
      data: { text: message.text },
    },
  };
}
