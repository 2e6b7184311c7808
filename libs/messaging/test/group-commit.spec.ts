import { topics } from '@baton/contracts/topics';
import type { Database } from '@baton/persistence/sql';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Part } from '../src/batch-consumer.js';
import { noProbe } from '../src/crash-point.js';
import { listDeadLetters } from '../src/dead-letter-store.js';
import { GroupCommit } from '../src/group-commit.js';
import { type BatchHandler, NotYetError } from '../src/handler.js';
import { ensureLogTables } from '../src/log-tables-store.js';
import { PositionMovedError, loadPosition } from '../src/position-store.js';
import type { LogRecord } from '../src/record.js';
import { embeddedLogHarness } from './embedded-log-harness.js';
import { createJourneys, journeysIn } from './journey-store.js';
import { keepJourneys } from './pipeline.js';
import type { Installation } from './transport-harness.js';

const partitions = 4;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

let installation: Installation;
let database: Database;
/** The partitions of each call of the handler. */
let calls: number[][];

beforeEach(async () => {
  installation = await embeddedLogHarness.installation();
  database = await (await installation.process()).database('scoring');
  await ensureLogTables(database, partitions);
  await createJourneys(database);
  calls = [];
});

afterEach(async () => {
  await installation.drop();
});

function groupCommit(options: { maxBatch?: number; before?: (records: readonly LogRecord[]) => void } = {}) {
  const handler: BatchHandler = (batch, sql) => {
    calls.push([...new Set(batch.records.map(({ partition }) => partition))]);
    options.before?.(batch.records);
    return keepJourneys(batch, sql);
  };
  const subscription = {
    service: 'scoring',
    topic: topics.leadEvents,
    database,
    handler,
    maxBatch: options.maxBatch,
  } as const;
  const outbox = { service: 'scoring', partitionsOf: () => partitions } as const;
  const publisher = { database, outbox, probe: noProbe, announce: () => undefined };
  return new GroupCommit({ subscription, publisher, log: quiet }, partitions);
}

const leadIn = (partition: number) => `lead-${partition}`;

function recordAt(partition: number, position: number): LogRecord {
  const key = leadIn(partition);
  const id = `${key}.${position}`;
  const time = '2026-03-02T09:00:00.000Z';
  const envelope = {
    specversion: '1.0',
    id,
    type: 'baton.lead.engaged.v1',
    source: 'ingest',
    subject: key,
    time,
    datacontenttype: 'application/json',
    partitionsequence: position,
    data: {},
  } as const;
  return { topic: topics.leadEvents.name, partition, position, key, envelope };
}

function partOf(partition: number, from: number, count = 1): Part {
  return { from, records: Array.from({ length: count }, (_, index) => recordAt(partition, from + index)) };
}

const positionOf = (partition: number) => loadPosition(database, { topic: topics.leadEvents.name, partition }, 0);
const journeys = (...counts: number[]) =>
  Object.fromEntries(
    counts.flatMap((count, partition) => {
      const lead = leadIn(partition);
      return count > 0 ? [[lead, Array.from({ length: count }, (_, position) => `${lead}.${position}`)]] : [];
    }),
  );

async function begin(): Promise<void> {
  for (let partition = 0; partition < partitions; partition += 1) await positionOf(partition);
}

/** What became of each, in order: nothing when it is committed, else the error. */
async function outcomes(consumed: readonly Promise<void>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(consumed);
  return settled.map((outcome) => (outcome.status === 'fulfilled' ? undefined : outcome.reason));
}

describe('partitions that are ready at the same moment', () => {
  beforeEach(begin);

  it('share a transaction, which moves the position of each', async () => {
    const commit = groupCommit();
    await Promise.all([0, 1, 2].map((partition) => commit.consume(partOf(partition, 0, partition + 1))));
    expect(calls).toEqual([[0, 1, 2]]);
    expect(await Promise.all([0, 1, 2, 3].map(positionOf))).toEqual([1, 2, 3, 0]);
    expect(await journeysIn(database)).toEqual(journeys(1, 2, 3));
  });

  it('do not together make a batch that is larger than the handler wants', async () => {
    const commit = groupCommit({ maxBatch: 3 });
    await Promise.all([partOf(0, 0, 2), partOf(1, 0, 1), partOf(2, 0, 1)].map((part) => commit.consume(part)));
    expect(calls.toSorted()).toEqual([[0, 1], [2]]);
    expect(await journeysIn(database)).toEqual(journeys(2, 1, 1));
  });

  it('are not kept from their effects by one whose position another consumer has moved', async () => {
    await groupCommit().consume(partOf(1, 0));
    const commit = groupCommit();
    const [zero, one, two] = await outcomes([0, 1, 2].map((partition) => commit.consume(partOf(partition, 0))));
    expect([zero, two]).toEqual([undefined, undefined]);
    expect(one).toBeInstanceOf(PositionMovedError);
    expect(await journeysIn(database)).toEqual(journeys(1, 1, 1));
  });

  it('are not kept from their effects by one that cannot be handled yet', async () => {
    const commit = groupCommit({
      before(records) {
        if (records.some(({ partition }) => partition === 2)) throw new NotYetError('not yet');
      },
    });
    const [zero, one, two] = await outcomes([0, 1, 2].map((partition) => commit.consume(partOf(partition, 0))));
    expect([zero, one]).toEqual([undefined, undefined]);
    expect(two).toBeInstanceOf(NotYetError);
    expect(await journeysIn(database)).toEqual(journeys(1, 1, 0));
  });

  it('lose the one record that can never be handled, and no other', async () => {
    const commit = groupCommit({
      before(records) {
        if (records.some(({ partition, position }) => partition === 1 && position === 1)) throw new Error('poison');
      },
    });
    expect(await outcomes([partOf(0, 0, 2), partOf(1, 0, 3)].map((part) => commit.consume(part)))).toEqual([
      undefined,
      undefined,
    ]);
    const expected = journeys(2, 3);
    expect(await journeysIn(database)).toEqual({ ...expected, 'lead-1': ['lead-1.0', 'lead-1.2'] });
    expect(await listDeadLetters(database)).toMatchObject([{ partition: 1, position: 1 }]);
    expect(await positionOf(1)).toBe(3);
  });

  it('all wait when it is the database that fails, and none is tried alone', async () => {
    const failure = Object.assign(new Error('the database is restarting'), { code: '57P01' });
    const commit = groupCommit({
      before() {
        throw failure;
      },
    });
    expect(await outcomes([0, 1].map((partition) => commit.consume(partOf(partition, 0))))).toEqual([failure, failure]);
    expect(calls).toEqual([[0, 1]]);
    expect(await journeysIn(database)).toEqual({});
  });

  it('come to the same whoever comes together with whom', async () => {
    const ready = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: partitions, maxLength: partitions });
    const reached = Array.from({ length: partitions }, () => 0);
    await fc.assert(
      fc.asyncProperty(ready, fc.integer({ min: 1, max: 6 }), async (counts, maxBatch) => {
        const commit = groupCommit({ maxBatch });
        const parts = counts.map((count, partition) => partOf(partition, reached[partition]!, count));
        await Promise.all(parts.filter(({ records }) => records.length > 0).map((part) => commit.consume(part)));
        counts.forEach((count, partition) => (reached[partition]! += count));
        expect(await journeysIn(database)).toEqual(journeys(...reached));
      }),
      { numRuns: 50 },
    );
  });
});
