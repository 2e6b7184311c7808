import { topics } from '@baton/contracts/topics';
import type { Database, Sql } from '@baton/persistence/sql';
import { createTimers } from '@baton/persistence/timers';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { embeddedLogHarness } from './embedded-log-harness.js';
import { addDue, createCounters, createJourneys, nextDueIn, nextSequence, takeDue } from './journey-store.js';
import { eventually } from '@baton/testing/eventually';
import { latch } from './latch.js';
import { journeysOf, keepJourneys, publish, settled, startPipeline } from './pipeline.js';
import { crashAt, onceAt } from './probes.js';
import { engaged, expectedJourneys } from './published-facts.js';
import { countWaiting, sequenceWithoutLock, takeNumbersEarly } from './mutant-store.js';
import type { Installation, TestProcess } from './transport-harness.js';

jest.setTimeout(60_000);

// Each takes one guarantee of publishing, of timers or of commands away and shows what then goes wrong.
let installation: Installation;

beforeEach(async () => {
  installation = await embeddedLogHarness.installation();
});

afterEach(async () => {
  await installation.drop();
});

type Append = (database: Database, sql: Sql, text: string, values: readonly unknown[]) => Promise<unknown[]>;

/** A database whose transactions append to the outbox in another way. */
function appending(database: Database, otherwise: Append): Database {
  return {
    ...database,
    transaction: (work) =>
      database.transaction((sql) =>
        work({
          query: async <Row>(text: string, values?: readonly unknown[]) =>
            (text.includes('insert into outbox_segments')
              ? otherwise(database, sql, text, values ?? [])
              : sql.query(text, values)) as Promise<Row[]>,
        }),
      ),
  };
}

async function publishAll(process: TestProcess, database: Database, numbers: readonly number[]): Promise<void> {
  const unit = process.transport.unitOfWork('ingest', database);
  const facts = numbers.map((number) => engaged('ada', number));
  await unit.run(() => Promise.resolve({ result: null, publish: facts }));
}

describe('without its guarantees, publishing', () => {
  /** One writer has its numbers and waits with its commit; another writes and commits meanwhile. */
  async function lateCommit(otherwise: Append): Promise<TestProcess> {
    const held = latch();
    const reached = latch();
    const probe = onceAt('after-counter-lock', async () => {
      reached.open();
      await held.opened;
    });
    const slow = await installation.process({ probe });
    const slowDatabase = appending(await slow.database('ingest'), otherwise);
    const fast = await startPipeline(installation);
    const fastDatabase = appending(await fast.database('ingest'), otherwise);
    const slowWrite = publishAll(slow, slowDatabase, [1, 2]);
    await reached.opened;
    const fastWrite = publishAll(fast, fastDatabase, [3]);
    // With numbers taken early nothing makes the second wait for the first.
    if (otherwise !== appendNormally) {
      await fastWrite;
      await eventually('the reader has stopped', () => fast.transport.stalls().length > 0);
    }
    held.open();
    await Promise.all([slowWrite, fastWrite]);
    return fast;
  }

  const appendNormally: Append = (_database, sql, text, values) => sql.query(text, values);

  it('shows a reader a hole when numbers are taken before the commit', async () => {
    const reader = await lateCommit(takeNumbersEarly);
    // To 1 when the other's fact is there already, to 2 when only its number is.
    expect(reader.transport.stalls()[0]?.reason).toMatch(/no longer has positions 0 to [12],/);
  });

  it('shows none when they are taken in it', async () => {
    const reader = await lateCommit(appendNormally);
    await settled(reader);
    expect(await journeysOf(reader, 'scoring')).toEqual(expectedJourneys(['ada'], 3));
  });

  it('tells of what never happened when it publishes before the commit', async () => {
    const crash = crashAt('after-counter-lock', 1);
    const doomed = await installation.process({ probe: crash.probe });
    const database = await doomed.database('ingest');
    const tooEarly = appending(database, (outside, _sql, text, values) => outside.query(text, values));
    publishAll(doomed, tooEarly, [1]).catch(() => undefined);
    await crash.reached;
    await doomed.kill();
    const heir = await startPipeline(installation);
    await settled(heir);
    expect(await journeysOf(heir, 'scoring')).toEqual(expectedJourneys(['ada'], 1));
  });
});

describe('without its guarantees, a timer', () => {
  /** A fact waits in the log while a timer, due before, is asked for; answers what the timer had seen when it fired. */
  async function dueBehindBacklog(waits: boolean): Promise<string[]> {
    const publisher = await installation.process();
    await publish(publisher, [engaged('ada', 1)]);
    const gate = latch();
    const reader = await installation.process();
    const database = await reader.database('scoring');
    await startJourneys(reader, database, gate.opened);
    await addDue(database, ['ada'], Date.now());
    const seen: string[][] = [];
    const { transport } = reader;
    const timers = createTimers({
      unit: transport.unitOfWork('scoring', database),
      clock: Date.now,
      nextDue: () => nextDueIn(database),
      claim: takeDue,
      ready: waits
        ? async () => {
            const ends = await transport.endPositions([topics.leadEvents]);
            gate.open();
            return transport.waitFor('scoring', ends, 20_000);
          }
        : undefined,
      async fire(_rows) {
        seen.push((await journeysOf(reader, 'scoring'))['ada'] ?? []);
        return { result: null, publish: [] };
      },
    });
    timers.start();
    await eventually('the timer has fired', () => seen.length > 0);
    gate.open();
    await timers.stop();
    return seen[0] ?? [];
  }

  async function startJourneys(process: TestProcess, database: Database, gate: Promise<void>): Promise<void> {
    await createJourneys(database);
    await createCounters(database);
    process.transport.subscribe({
      service: 'scoring',
      topic: topics.leadEvents,
      database,
      async handler(batch, sql) {
        await gate;
        return keepJourneys(batch, sql);
      },
    });
    await process.transport.start();
  }

  it('decides without the fact that was waiting when it fires before the feed is read', async () => {
    expect(await dueBehindBacklog(false)).toEqual([]);
  });

  it('decides with it when it waits', async () => {
    expect(await dueBehindBacklog(true)).toEqual(['ada.1']);
  });
});

describe('without its guarantees, a command', () => {
  /** A batch has the lead's number in hand while a command asks for the next; answers both numbers. */
  async function commandDuringBatch(next: (sql: Sql, lead: string) => Promise<number>): Promise<number[]> {
    const process = await installation.process();
    const database = await process.database('qualification');
    await createCounters(database);
    const unit = process.transport.unitOfWork('qualification', database);
    const inHand = latch();
    const mayCommit = latch();
    let ofBatch = 0;
    process.transport.subscribe({
      service: 'qualification',
      topic: topics.leadEvents,
      database,
      async handler(_batch, sql) {
        ofBatch = await next(sql, 'ada');
        inHand.open();
        await mayCommit.opened;
        return { publish: [] };
      },
    });
    await process.transport.start();
    await publish(process, [engaged('ada', 1)]);
    await inHand.opened;
    const command = unit.run(async (sql) => ({ result: await next(sql, 'ada'), publish: [] }));
    const first = await Promise.race([command, waitsForLock(database)]);
    mayCommit.open();
    expect(first === 'waits').toBe(next !== sequenceWithoutLock);
    return [ofBatch, (await command).result];
  }

  async function waitsForLock(database: Database): Promise<'waits'> {
    await eventually('somebody waits for a row', async () => (await countWaiting(database)) > 0);
    return 'waits';
  }

  it('gives a number twice when it does not lock the lead', async () => {
    expect(await commandDuringBatch(sequenceWithoutLock)).toEqual([1, 1]);
  });

  it('gives the next one when it does', async () => {
    expect(await commandDuringBatch(nextSequence)).toEqual([1, 2]);
  });
});
