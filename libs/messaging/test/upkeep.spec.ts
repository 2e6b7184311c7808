import { topics } from '@baton/contracts/topics';
import type { Database } from '@baton/persistence/sql';
import { type TestServer, testServer } from '@baton/testing/database';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openEmbeddedLog } from '../src/embedded-log.js';
import { forgetKeys } from '../src/erasure-store.js';
import { sweepHistory } from '../src/history-erasure-store.js';
import { moveToHistory, readHistory } from '../src/history-store.js';
import { ensureLogTables } from '../src/log-tables-store.js';
import type { Publication } from '../src/record.js';
import { Retention } from '../src/retention.js';
import { dropOldSegments } from '../src/retention-store.js';
import type { Transport } from '../src/transport.js';
import { eventually } from '@baton/testing/eventually';
import { latch } from './latch.js';
import { countWaiting } from './mutant-store.js';
import {
  ageSegments,
  fillHistory,
  holdThinning,
  keysInHistory,
  keysInLog,
  rowsReadOf,
  waitingKeys,
} from './place-store.js';
import { engaged } from './published-facts.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const dayMs = 86_400_000;

let server: TestServer;
beforeEach(async () => {
  server = await testServer();
});
afterEach(() => server.drop());

describe('the history', () => {
  let ingest: Database;
  beforeEach(async () => {
    ingest = await server.open('ingest');
    await ensureLogTables(ingest, 1);
  });

  it('is read from where a replay stands, not from its beginning', async () => {
    const place = { topic: topics.leadEvents.name, partition: 0 };
    await fillHistory(ingest, place.topic, 3_000);
    const rowsRead = (position: number) =>
      ingest.transaction(async (sql) => {
        const [first] = await readHistory(sql, 'ingest', place, { position, limit: 20 });
        expect(first?.first).toBe(position);
        return rowsReadOf(sql, 'history');
      });
    expect(await rowsRead(2_900)).toBeLessThan(100);
  });

  it('loses a key that is erased while segments are moved', async () => {
    const transport = await openEmbeddedLog({ url: server.url, log: quiet, partitions: 1 });
    await transport.append('ingest', ingest, [engaged('ada', 1), engaged('bob', 1)]);
    await ageSegments(ingest, 8);
    const asked = latch();
    const held = latch();
    const slow = stalling(ingest, 'from erased_keys', async () => {
      asked.open();
      await held.opened;
    });
    const move = moveToHistory(slow, 'old', new Date());
    await asked.opened;
    await forgetKeys(ingest, ['ada']);
    const sweep = sweepHistory(ingest);
    await Promise.race([sweep, eventually('it waits', async () => (await countWaiting(ingest)) > 0)]);
    held.open();
    await Promise.all([move, sweep]);
    expect(await waitingKeys(ingest)).toEqual([]);
    expect(await keysInHistory(ingest)).toEqual(['bob']);
    await transport.stop();
  });
});

/** A database whose transactions stop behind the statements that have this in them. */
function stalling(database: Database, text: string, stop: () => Promise<void>): Database {
  return {
    ...database,
    transaction: (work) =>
      database.transaction((sql) =>
        work({
          async query(statement, values) {
            const rows = await sql.query(statement, values);
            if (statement.includes(text)) await stop();
            return rows as never[];
          },
        }),
      ),
  };
}

describe('old segments of a compacted topic', () => {
  let routing: Database;
  let transport: Transport;
  beforeEach(async () => {
    routing = await server.open('routing');
    transport = await openEmbeddedLog({ url: server.url, log: quiet, partitions: 1 });
  });
  afterEach(() => transport.stop());

  const roster = (key: string, version: number): Publication => ({
    topic: topics.roster,
    key,
    type: 'baton.roster.published.v1',
    id: `${key} ${version}`,
    time: '2026-03-02T09:00:00.000Z',
    data: { version },
  });
  const publish = (key: string, version = 1) => transport.append('routing', routing, [roster(key, version)]);

  it('are gone through many at a time', async () => {
    for (let version = 0; version < 60; version++) await publish('a', version);
    await ageSegments(routing, 8);
    await publish('b');
    let reads = 0;
    const counted = stalling(routing, 'select first, payload', () => Promise.resolve(void reads++));
    await dropOldSegments(counted, Date.now());
    expect(reads).toBeLessThanOrEqual(2);
    expect(await keysInLog(routing)).toEqual(['a', 'b']);
  });

  it('are gone through once a day, and only where some have become old since', async () => {
    await publish('a');
    await ageSegments(routing, 8);
    let reads = 0;
    const counted = stalling(routing, 'select first, payload', () => Promise.resolve(void reads++));
    const now = Date.now();
    let thinnedAt = await dropOldSegments(counted, now);
    expect([thinnedAt, reads > 0]).toEqual([now, true]);
    reads = 0;
    await publish('a', 2);
    thinnedAt = await dropOldSegments(counted, now + dayMs - 1, { thinnedAt });
    expect([thinnedAt, reads]).toEqual([now, 0]);
    thinnedAt = await dropOldSegments(counted, now + dayMs, { thinnedAt });
    expect([thinnedAt, reads]).toEqual([now + dayMs, 0]);
    expect(await keysInLog(routing)).toEqual(['a', 'a']);
    thinnedAt = await dropOldSegments(counted, now + 6.5 * dayMs, { thinnedAt });
    expect(reads).toBeGreaterThan(0);
    expect(await keysInLog(routing)).toEqual(['a']);
  });

  it('are left to the process that is at them, and gone through when it is not', async () => {
    await publish('a');
    await publish('a', 2);
    await ageSegments(routing, 8);
    await routing.transaction(async (sql) => {
      await holdThinning(sql);
      expect(await dropOldSegments(routing, Date.now())).toBeUndefined();
      expect(await keysInLog(routing)).toEqual(['a', 'a']);
    });
    await dropOldSegments(routing, Date.now());
    expect(await keysInLog(routing)).toEqual(['a']);
  });
});

describe('the rounds of a retention', () => {
  it('come one after another, however long they take, and end with the process', async () => {
    const database = await server.open('ingest');
    let under = 0;
    let most = 0;
    let rounds = 0;
    const retention = new Retention(() => [database], quiet, {
      firstMs: 1,
      everyMs: 1,
      async work(one) {
        most = Math.max(most, ++under);
        await one.query('select pg_sleep(0.02)');
        under -= 1;
        rounds += 1;
      },
    });
    retention.start();
    await eventually('three rounds are over', () => rounds >= 3);
    await retention.stop();
    const atEnd = rounds;
    await database.query('select pg_sleep(0.05)');
    expect([most, under, rounds]).toEqual([1, 0, atEnd]);
  });
});
