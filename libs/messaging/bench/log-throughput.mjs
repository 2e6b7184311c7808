// How fast facts go through the embedded log: published, read and stored by one trivial handler that publishes each on.
// Usage after a build: node libs/messaging/bench/log-throughput.mjs [records] [batch]
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topics } from '@baton/contracts/topics';
import { openEmbeddedLog } from '@baton/messaging/embedded-log';
import { startEmbeddedPostgres } from '@baton/persistence/embedded-postgres';
import { openDatabase } from '@baton/persistence/open-database';

const total = Number(process.argv[2] ?? 200_000);
const size = Number(process.argv[3] ?? 500);
const quiet = { info() {}, warn: console.warn, error: console.error };
const home = await mkdtemp(join(tmpdir(), 'baton-bench-'));
await chmod(home, 0o755);
const postgres = await startEmbeddedPostgres({ home, log: quiet });
const url = postgres.url;

const ingest = await openDatabase({ url, schema: 'ingest' });
const scoring = await openDatabase({ url, schema: 'scoring' });
await scoring.query('create table counts (lead text primary key, facts int not null)');
const log = await openEmbeddedLog({ url, log: quiet });
const unit = log.unitOfWork('ingest', ingest);
log.subscribe({ service: 'scoring', topic: topics.leadEvents, database: scoring, handler: countLeads });
await log.start();

const began = performance.now();
await Promise.all([0, 1].map(publishHalf));
const published = performance.now();
await log.waitFor('scoring', await log.endPositions([topics.leadEvents]), 60_000);
const consumed = performance.now();
print('published', total, published - began);
print('published, consumed, stored and published on', total, consumed - began);

const replay = await openDatabase({ url, schema: 'sla-monitor' });
const second = await openEmbeddedLog({ url, log: quiet });
second.subscribe({
  service: 'sla-monitor',
  topic: topics.leadEvents,
  database: replay,
  handler: async () => ({ publish: [] }),
});
const again = performance.now();
await second.start();
await second.waitFor('sla-monitor', await second.endPositions([topics.leadEvents]), 60_000);
print('read again from the database by another process', total, performance.now() - again);

await second.stop();
await log.stop();
await Promise.all([ingest.close(), scoring.close(), replay.close()]);
await postgres.stop();
await rm(home, { recursive: true, force: true });

async function publishHalf(half) {
  for (let done = 0; done < total / 2; done += size) {
    const facts = Array.from({ length: Math.min(size, total / 2 - done) }, (_, index) =>
      fact(`${half}-${done + index}`),
    );
    await unit.run(async () => ({ result: null, publish: facts }));
  }
}

function fact(id) {
  const lead = `lead-${id.length}${id.slice(-3)}`;
  const data = {
    event: 'Product Viewed',
    page: `https://example.com/pricing?from=${id}`,
    context: 'x'.repeat(300),
    at: '2026-03-02T09:00:00.000Z',
  };
  return {
    topic: topics.leadEvents,
    key: lead,
    type: 'baton.lead.engaged.v1',
    id: `event-${id}`,
    time: '2026-03-02T09:00:00.000Z',
    data,
  };
}

async function countLeads({ records }, sql) {
  const counts = new Map();
  for (const record of records) counts.set(record.key, (counts.get(record.key) ?? 0) + 1);
  await sql.query(
    `insert into counts as stored select lead, facts from unnest($1::text[], $2::int[]) as new (lead, facts) order by lead
     on conflict (lead) do update set facts = stored.facts + excluded.facts`,
    [[...counts.keys()], [...counts.values()]],
  );
  const publish = records.map(({ key, envelope }) => ({
    topic: topics.leadScores,
    key,
    type: 'baton.lead.scored.v1',
    id: envelope.id,
    time: envelope.time,
    data: { score: 1 },
  }));
  return { publish };
}

function print(what, records, ms) {
  console.log(
    `${what}: ${Math.round((records / ms) * 1000).toLocaleString('en')} records/s (${records} in ${Math.round(ms)} ms)`,
  );
}
