import { playbookPublished } from '@baton/contracts/definitions';
import type { LeadScored } from '@baton/contracts/lead-scores';
import { topics } from '@baton/contracts/topics';
import { partitionOf } from '@baton/messaging/partition-of';
import type { Publication } from '@baton/messaging/record';
import { feedAs } from '@baton/testing/feed';
import { activated, engaged } from '@baton/testing/lead-facts';
import { runForTest } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { scoring } from './service.js';

const playbookFile = fileURLToPath(new URL('../test/playbook.yaml', import.meta.url));

it('lets a definition govern the partition whose marker was read, and no other of the same transaction', async () => {
  const run = await runForTest([scoring]);
  const [ingest, qualification] = [await feedAs(run, 'ingest'), await feedAs(run, 'qualification')];
  await qualification.publish(await published(1), await published(2));
  const leads = Array.from({ length: 40 }, (_, number) => `lead-${number}`);
  const [switched] = leads;
  await ingest.publish(
    ...leads.map((lead) => engaged(lead, { name: 'Demo Requested' }, { at: '2026-03-02T10:00:00.000Z' })),
    { ...activated({ name: 'handlers', version: 2, hash: 'h' }, '2026-03-02T09:00:00.000Z'), key: switched! },
    ...leads.map((lead) => engaged(lead, { name: 'Demo Requested' }, { at: '2026-03-02T11:00:00.000Z' })),
  );
  const scores = await readTopic(run.databaseUrl, topics.leadScores);
  const partitions = run.transport.partitionsOf(topics.leadEvents);
  const isSwitched = (lead: string) => partitionOf(lead, partitions) === partitionOf(switched!, partitions);
  expect(new Set(leads.map(isSwitched))).toEqual(new Set([true, false]));
  const versions = scores.map(({ key, envelope }) => [key, (envelope.data as LeadScored).playbook.version]);
  expect(Object.fromEntries(versions)).toEqual(
    Object.fromEntries(leads.map((lead) => [lead, isSwitched(lead) ? 2 : 1])),
  );
  await Promise.all([ingest.close(), qualification.close()]);
  await run.stop();
});

async function published(version: number): Promise<Publication> {
  const source = await readFile(playbookFile, 'utf8');
  const publishedAt = `2026-03-0${version}T00:00:00.000Z`;
  const data = { name: 'handlers', version, hash: 'h', source, publishedAt, signatures: [], bootstrap: version === 1 };
  const id = `handlers@${version}`;
  return { topic: topics.playbooks, key: id, type: playbookPublished.type, id, time: publishedAt, data };
}
