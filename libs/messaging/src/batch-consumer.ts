import { setTimeout as delay } from 'node:timers/promises';
import { deadLettersOf } from '@baton/contracts/topics';
import { faultOf } from '@baton/persistence/database-faults';
import { readTraceparent } from '@baton/observability/spans';
import type { Log } from '@baton/persistence/log';
import { type DeadRecord, deadLetterId, keepDeadLetter, originalOf } from './dead-letter-store.js';
import { NotYetError, PoisonError } from './handler.js';
import { leadOf } from './lead-of.js';
import { PositionMovedError, movePosition, movePositions } from './position-store.js';
import type { LogRecord, Publication } from './record.js';
import { type Publisher, transact } from './transact.js';
import { BatchTrace } from './trace-batch.js';
import type { Subscription } from './transport.js';

/** How often a record alone is tried before it counts as one that can never be handled. */
const attemptsAlone = 3;

export interface Consumption {
  readonly subscription: Subscription;
  readonly publisher: Publisher;
  readonly log: Log;
}

/** Consecutive records of one partition, and the position that is stored before they are handled; never without a record. */
export interface Part {
  readonly records: readonly LogRecord[];
  readonly from: number;
}

/**
 * Gives consecutive records of one partition their effects exactly once: the handler's writes, what it publishes and the
 * position are one commit, and the position moves by compare-and-set from `from`.
 *
 * Rejects, with nothing lost, when the records should be tried again: `PositionMovedError` when another consumer was faster,
 * any transient error of the database, `NotYetError`. An error that is the records' own is isolated: the batch is halved
 * until the record stands alone, tried again, and dead-lettered; its neighbours are handled, later records of its key
 * among them.
 */
export async function consumeBatch(
  consumption: Consumption,
  records: readonly LogRecord[],
  from: number,
): Promise<void> {
  if (records.length === 0) return;
  try {
    await commitParts(consumption, [{ records, from }]);
  } catch (error) {
    if (isWorthWaiting(error)) throw error;
    await isolate(consumption, { records, from, error });
  }
}

/** True when the same batch may succeed later without anyone changing it. */
export function isWorthWaiting(error: unknown): boolean {
  return error instanceof PositionMovedError || error instanceof NotYetError || faultOf(error) !== 'own';
}

/**
 * Handles what is ready of partitions of one topic in one transaction, all or nothing; each position moves by compare-and-set.
 * Rejects with the handler's error, `PositionMovedError` when another consumer of one of the partitions was faster, or the
 * database's.
 */
export async function commitParts({ subscription, publisher }: Consumption, parts: readonly Part[]): Promise<void> {
  const records = parts.flatMap((part) => part.records);
  const trace = BatchTrace.begin(subscription.service, records);
  try {
    await transact(publisher, async (sql) => {
      const effects = await subscription.handler({ topic: subscription.topic.name, records }, sql);
      await publisher.probe.at('after-state-write');
      await movePositions(
        sql,
        parts.map((part) => ({ last: part.records.at(-1)!, from: part.from })),
      );
      await publisher.probe.at('after-position');
      return trace?.carry(effects) ?? effects;
    });
    trace?.end();
  } catch (error) {
    trace?.end(error);
    throw error;
  }
}

interface Failed extends Part {
  readonly error: unknown;
}

async function isolate(consumption: Consumption, { records, from, error }: Failed): Promise<void> {
  const poison = error instanceof PoisonError ? records.findIndex((record) => record.position === error.position) : -1;
  if (records.length === 1) {
    await handleAlone(consumption, { records, from, error });
    return;
  }
  const cut = poison < 0 ? records.length >> 1 : Math.max(poison, 1);
  const left = records.slice(0, cut);
  const right = records.slice(cut);
  await consumeBatch(consumption, left, from);
  await consumeBatch(consumption, right, (left.at(-1)?.position ?? from - 1) + 1);
}

async function handleAlone(consumption: Consumption, failed: Failed): Promise<void> {
  let { error } = failed;
  let attempts = 1;
  while (!(error instanceof PoisonError) && attempts < attemptsAlone) {
    await delay(25 * attempts);
    attempts += 1;
    try {
      await commitParts(consumption, [failed]);
      return;
    } catch (again) {
      if (isWorthWaiting(again)) throw again;
      error = again;
    }
  }
  const [record] = failed.records;
  if (record) await deadLetter(consumption, record, { from: failed.from, error, attempts });
}

async function deadLetter(
  { subscription, publisher, log }: Consumption,
  record: LogRecord,
  failure: { from: number; error: unknown; attempts: number },
): Promise<void> {
  const reason =
    failure.error instanceof Error ? `${failure.error.name}: ${failure.error.message}` : String(failure.error);
  const at = new Date().toISOString();
  const { service } = subscription;
  await transact(publisher, async (sql) => {
    await keepDeadLetter(sql, record, { reason, attempts: failure.attempts, at });
    await movePosition(sql, record, failure.from);
    return { publish: [deadLettered(service, record, { reason, attempts: failure.attempts, at })] };
  });
  log.error('A record could not be handled and was put aside: see baton dead-letters show', {
    service,
    deadLetter: deadLetterId(record),
    eventId: record.envelope.id,
    lead: leadOf(record),
    trace: readTraceparent(record.envelope.traceparent)?.traceId,
    reason,
  });
}

/** Room for the envelope around an original that is itself as large as a record may be, and for a stranger's key that is. */
const longestOriginal = 200_000;
const longestKey = 1_000;

/** The fact that tells of a dead letter. */
export function deadLettered(
  service: Subscription['service'],
  record: DeadRecord,
  failure: { reason: string; attempts: number; at: string },
): Publication {
  const { topic, partition, position, key } = record;
  return {
    topic: deadLettersOf(service),
    key: key.slice(0, longestKey),
    type: 'baton.dead-lettered.v1',
    id: `${service}/${deadLetterId(record)}`,
    time: failure.at,
    traceparent: record.envelope.traceparent,
    data: {
      service,
      reason: failure.reason.slice(0, 10_000),
      origin: { topic, partition, position },
      attempts: failure.attempts,
      at: failure.at,
      original: originalOf(record).slice(0, longestOriginal),
    },
  };
}
