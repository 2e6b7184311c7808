import { topics } from '@baton/contracts/topics';
import type { Sql } from '@baton/persistence/sql';
import { type TestServer, testServer } from '@baton/testing/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEmbeddedLog } from '../src/embedded-log.js';
import { LogView } from '../src/log-view.js';
import type { Segment } from '../src/segment.js';
import type { Transport } from '../src/transport.js';
import { engaged } from './published-facts.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const place = { topic: topics.leadEvents.name, partition: 0 };
/** Each fills a segment of its own, and a few of them the memory that a process keeps. */
const large = Array.from({ length: 5 }, (_, index) => engaged('ada', index, { text: 'x'.repeat(800_000) }));
let server: TestServer;
let transport: Transport;

beforeAll(async () => {
  server = await testServer();
  transport = await openEmbeddedLog({ url: server.url, log: quiet, partitions: 1 });
});

afterAll(async () => {
  await transport.stop();
  await server.drop();
});

describe('the view of the logs', () => {
  it('answers what the database has, though others’ reading fills the memory while the answer is on its way', async () => {
    const ingest = await server.open('ingest');
    await transport.append('ingest', ingest, large);
    const reader: Sql = {
      query: async <Row>(text: string, values?: readonly unknown[]) => {
        const rows = await ingest.query<Row>(text, values);
        for (const segment of stored.slice(0, 1)) crowded.announce(segment, 'ingest');
        for (let first = 0; first < 3; first += 1) crowded.announce(elsewhere(first), 'scoring');
        return rows;
      },
    };
    const stored = await new LogView(ingest, () => 'ingest').segments(topics.leadEvents, 0, 0);
    const crowded = new LogView(reader, () => 'ingest');
    const records = await crowded.readerOf(topics.leadEvents).read(place, 0, 500);
    expect(records[0]?.position).toBe(0);
    expect(records.map(({ position }) => position)).toEqual([...records.keys()]);
  });
});

function elsewhere(first: number): Segment {
  return { topic: 'lead.scores', partition: 0, first, count: 1, payload: 'x'.repeat(800_000) };
}
