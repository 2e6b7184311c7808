import { leadErased } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import type { Database } from '@baton/persistence/sql';
import { type TestServer, testServer } from '@baton/testing/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEmbeddedLog } from '../src/embedded-log.js';
import { forgetKeys } from '../src/erasure-store.js';
import { moveToHistory, readHistory } from '../src/history-store.js';
import type { Publication } from '../src/record.js';
import { loadPosition } from '../src/position-store.js';
import { ReplayTransport } from '../src/replay-transport.js';
import { dropOldSegments } from '../src/retention-store.js';
import { decodeSegment } from '../src/segment.js';
import type { Transport } from '../src/transport.js';
import { ageSegments } from './place-store.js';
import { engaged } from './published-facts.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
let server: TestServer;
let transport: Transport;
let ingest: Database;

beforeAll(async () => {
  server = await testServer();
  transport = await openEmbeddedLog({ url: server.url, log: quiet, partitions: 1 });
  ingest = await server.open('ingest');
});

afterAll(async () => {
  await transport?.stop();
  await server?.drop();
});

async function publish(...facts: readonly Publication[]): Promise<void> {
  await transport.unitOfWork('ingest', ingest).run(async () => ({ result: null, publish: facts }));
}

const erased = (key: string): Publication => ({ ...engaged(key, 0), type: leadErased.type, id: `${key} erased` });

/** Keys and types with their positions, as a replay reads them. */
async function history(position = 0): Promise<string[]> {
  const place = { topic: topics.leadEvents.name, partition: 0 };
  const segments = await readHistory(ingest, 'ingest', place, { position, limit: 100 });
  return segments
    .flatMap((segment) => decodeSegment(segment, 'ingest'))
    .map((record) => `${record.position} ${record.key}${record.envelope.type === leadErased.type ? ' erased' : ''}`);
}

const inLog = async () => (await ingest.query('select from outbox_segments')).length;

describe('history', () => {
  it('takes what leaves the log and is read as one with it, in order', async () => {
    await publish(engaged('ada', 1), engaged('b_b', 1), engaged('ada', 2));
    await publish(engaged('b_b', 2));
    await ageSegments(ingest, 40);
    await publish(engaged('ada', 3));
    await ageSegments(ingest, 8);
    await publish(engaged('bxb', 1));
    await dropOldSegments(ingest, Date.now());
    expect(await inLog()).toBe(1);
    expect(await history()).toEqual(['0 ada', '1 b_b', '2 ada', '3 b_b', '4 ada', '5 bxb']);
    expect(await history(4)).toEqual(['4 ada', '5 bxb']);
  });

  it('gives up what an erased key has in it, and gets nothing of it later, but that it was erased', async () => {
    await publish(engaged('b_b', 3), erased('b_b'));
    await forgetKeys(ingest, ['b_b']);
    await dropOldSegments(ingest, Date.now());
    expect(await history()).toEqual(['0 ada', '2 ada', '4 ada', '5 bxb', '6 b_b', '7 b_b erased']);
    await ageSegments(ingest, 8);
    await dropOldSegments(ingest, Date.now());
    expect(await inLog()).toBe(0);
    expect(await history()).toEqual(['0 ada', '2 ada', '4 ada', '5 bxb', '7 b_b erased']);
  });

  it('forgets the key itself when the log can have nothing of it any more', async () => {
    await ingest.query(`update erased_keys set erased_at = erased_at - make_interval(days => 9)`);
    await dropOldSegments(ingest, Date.now());
    expect(await ingest.query('select key from erased_keys')).toEqual([]);
  });

  it('takes what a broker has for sure, and deletes what nobody replays', async () => {
    const raw = { ...engaged('v', 1), topic: topics.visitorEvents };
    await publish(engaged('eve', 1), engaged('eve', 2));
    await publish(engaged('eve', 3), raw);
    await ingest.query(
      `insert into relayed (topic, partition, next) values ('lead.events', 0, 10), ('visitor.events', 0, 1)`,
    );
    await moveToHistory(ingest, 'shipped', new Date(Date.now() + 1000));
    expect(await inLog()).toBe(1);
    expect(await history(8)).toEqual(['8 eve', '9 eve', '10 eve']);
    expect(await ingest.query(`select from history_segments where topic = 'visitor.events'`)).toEqual([]);
  });
});

describe('a replay of history', () => {
  it('ends where the log ended, though the last facts were of an erased lead', async () => {
    await publish(engaged('ada', 4), engaged('max', 1));
    await ageSegments(ingest, 8);
    await forgetKeys(ingest, ['max']);
    await dropOldSegments(ingest, Date.now());
    expect((await history()).at(-1)).toBe('11 ada');

    const replayed = await server.open('reporting');
    const replay = new ReplayTransport({ reader: ingest, partitions: 1, log: quiet });
    const seen: number[] = [];
    replay.subscribe({
      service: 'reporting',
      topic: topics.leadEvents,
      database: replayed,
      handler: async ({ records }) => (seen.push(...records.map(({ position }) => position)), { publish: [] }),
    });
    await replay.start();
    expect(seen.at(-1)).toBe(11);
    const place = { topic: topics.leadEvents.name, partition: 0 };
    expect(await loadPosition(replayed, place, 0)).toBe(13);
  });
});
