import { topics } from '@baton/contracts/topics';
import type { Database } from '@baton/persistence/sql';
import { type TestServer, testServer } from '@baton/testing/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEmbeddedLog } from '../src/embedded-log.js';
import type { Transport } from '../src/transport.js';
import type { Publication } from '../src/record.js';
import { dropOldSegments } from '../src/retention-store.js';
import { eventually } from '@baton/testing/eventually';
import { ageSegments, newestSegment } from './place-store.js';
import { engaged } from './published-facts.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const inEightDays = Date.now() + 8 * 86_400_000;
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

async function publish(
  database: Database,
  service: 'ingest' | 'routing',
  ...facts: readonly Publication[]
): Promise<void> {
  await transport.unitOfWork(service, database).run(async () => ({ result: null, publish: facts }));
}

function roster(key: string, version: number): Publication {
  return {
    topic: topics.roster,
    key,
    type: 'baton.roster.published.v1',
    id: `${key} ${version}`,
    time: '2026-03-02T09:00:00.000Z',
    data: { version },
  };
}

describe('retention', () => {
  it('drops segments of a stream after seven days; a consumer that still needed them stops loudly', async () => {
    const ingest = await server.open('ingest');
    await publish(ingest, 'ingest', engaged('ada', 1));
    await publish(ingest, 'ingest', engaged('ada', 2));
    await dropOldSegments(ingest, Date.now() + 6 * 86_400_000);
    const seen: number[] = [];
    const scoring = await server.open('scoring');
    const consumer = await openEmbeddedLog({ url: server.url, log: quiet, partitions: 1 });
    consumer.subscribe({
      service: 'scoring',
      topic: topics.leadEvents,
      database: scoring,
      handler: async ({ records }) => (seen.push(...records.map(({ position }) => position)), { publish: [] }),
    });
    await consumer.start();
    await consumer.waitFor('scoring', { 'lead.events': { 0: 2 } }, 10_000);
    expect(seen).toEqual([0, 1]);
    await consumer.stop();

    await publish(ingest, 'ingest', engaged('ada', 3));
    await dropOldSegments(ingest, inEightDays);
    const late = await openEmbeddedLog({ url: server.url, log: quiet, partitions: 1 });
    late.subscribe({
      service: 'scoring',
      topic: topics.leadEvents,
      database: scoring,
      handler: async () => ({ publish: [] }),
    });
    await late.start();
    await eventually('the consumer is stopped', () => late.stalls().length > 0);
    expect(late.stalls()[0]?.reason).toContain('no longer has positions 2 to 2');
    await late.stop();
  });

  it('thins a compacted topic to the newest record of each key, which readers and consumers still find', async () => {
    const routing = await server.open('routing');
    await publish(routing, 'routing', roster('a', 1), roster('b', 1), roster('a', 2), roster('c', 1));
    await publish(routing, 'routing', roster('c', 2));
    await ageSegments(routing, 8);
    await publish(routing, 'routing', roster('a', 3));
    const before = await newest();
    await dropOldSegments(routing, Date.now());
    await dropOldSegments(routing, Date.now());
    expect(await newest()).toEqual(before);
    expect(before).toEqual(['b 1 at 1', 'c 2 at 4', 'a 3 at 5']);

    const seen: string[] = [];
    const consumer = await openEmbeddedLog({ url: server.url, log: quiet, partitions: 1 });
    consumer.subscribe({
      service: 'reporting',
      topic: topics.roster,
      database: await server.open('reporting'),
      handler: async ({ records }) => (
        seen.push(...records.map(({ envelope, position }) => `${envelope.id} at ${position}`)),
        { publish: [] }
      ),
    });
    await consumer.start();
    expect(await consumer.waitFor('reporting', { roster: { 0: 6 } }, 10_000)).toBe(true);
    expect(seen).toEqual(before);
    await consumer.stop();
  });

  async function newest(): Promise<string[]> {
    const batches = await transport.readTable(topics.roster);
    return batches.flatMap(({ records }) => records.map(({ envelope, position }) => `${envelope.id} at ${position}`));
  }

  it('knows how many bytes a segment has, whatever it is written in', async () => {
    const ingest = await server.open('ingest');
    await publish(ingest, 'ingest', engaged('zoë', 1, { title: '価格' }));
    const { bytes, payload } = await newestSegment(ingest);
    expect(bytes).toBe(Buffer.byteLength(payload));
  });
});

describe('an installation', () => {
  it('keeps its number of partitions, whatever new ones are given', async () => {
    const other = await openEmbeddedLog({ url: server.url, log: quiet, partitions: 2 });
    expect(other.partitionsOf(topics.leadEvents)).toBe(1);
    await other.stop();
  });

  it('is made with one number, though several processes make it at once', async () => {
    const fresh = await testServer();
    const [one, two] = [1, 2].map((partitions) => openEmbeddedLog({ url: fresh.url, log: quiet, partitions }));
    const ingest = await fresh.open('ingest');
    await publishWith(await one!, ingest);
    await expect(publishWith(await two!, ingest)).resolves.toBeUndefined();
    await expect(publishWith(await two!, await fresh.open('ingest'))).rejects.toThrow('was made with 1 partitions');
    await Promise.all([(await one!).stop(), (await two!).stop()]);
    await fresh.drop();
  });
});

function publishWith(log: Transport, database: Database): Promise<void> {
  return log.append('ingest', database, [engaged('ada', 1)]);
}
