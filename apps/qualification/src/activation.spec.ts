import { type LeadStageChanged, leadStageChanged } from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import { partitionOf } from '@baton/messaging/partition-of';
import { openDatabase } from '@baton/persistence/open-database';
import { feedAs } from '@baton/testing/feed';
import { activated, identified } from '@baton/testing/lead-facts';
import { runForTest } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { qualification } from './service.js';

const playbookFile = fileURLToPath(new URL('../test/playbook.yaml', import.meta.url));
const at = '2026-03-01T09:00:00.000Z';
const account = { domain: 'acme.example', freeMail: false, traits: { employees: { value: 100, at } } };

it('lets a definition govern the partition whose marker was read, and no other of the same transaction', async () => {
  const run = await runForTest([qualification], { settings: { playbookFile } });
  const ingest = await feedAs(run, 'ingest');
  const own = await openDatabase({ url: run.databaseUrl, schema: 'qualification' });
  await own.query(
    `insert into playbooks select name, 2, 'hash-of-2', source, published_at + interval '1 day', false from playbooks`,
  );
  const leads = Array.from({ length: 40 }, (_, number) => `lead-${number}`);
  const [switched] = leads;
  await ingest.publish(
    { ...activated({ name: 'handlers', version: 2, hash: 'hash-of-2' }, at), key: switched! },
    ...leads.map((lead) => identified(lead, { at, account })),
  );
  const facts = await readTopic(run.databaseUrl, topics.leadStages);
  const changes = facts.filter(({ envelope }) => envelope.type === leadStageChanged.type);
  const partitions = run.transport.partitionsOf(topics.leadEvents);
  const isSwitched = (lead: string) => partitionOf(lead, partitions) === partitionOf(switched!, partitions);
  expect(new Set(leads.map(isSwitched))).toEqual(new Set([true, false]));
  const versions = changes.map(({ key, envelope }) => [key, (envelope.data as LeadStageChanged).playbook.version]);
  expect(Object.fromEntries(versions)).toEqual(
    Object.fromEntries(leads.map((lead) => [lead, isSwitched(lead) ? 2 : 1])),
  );
  await Promise.all([ingest.close(), own.close()]);
  await run.stop();
});
