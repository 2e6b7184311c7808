import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import type { Publication } from '@baton/messaging/record';
import type { Database } from '@baton/persistence/sql';
import { createLogger } from '@baton/observability/logger';
import { type RunningServices, startServices } from '@baton/service-kit/start-services';
import { type TestServer, testServer } from '@baton/testing/database';
import { eventually } from '@baton/testing/eventually';
import { activated, identified } from '@baton/testing/lead-facts';
import { settled } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { qualification } from './service.js';

const playbookFile = fileURLToPath(new URL('../test/playbook.yaml', import.meta.url));
const adminToken = 'the-admin-token-of-a-test';
const at = '2026-03-01T09:00:00.000Z';
const account = { domain: 'acme.example', freeMail: false, traits: { employees: { value: 100, at } } };
/** Enough for every partition to have some. */
const leads = Array.from({ length: 60 }, (_, index) => `lead-${index}`);

describe('two replicas of qualification', () => {
  let server: TestServer;
  let own: Database;
  let ingest: Database;
  let replicas: RunningServices[];

  beforeAll(async () => {
    server = await testServer();
    ingest = await server.open('ingest');
    replicas = [await start(), await start()];
    own = await server.open('qualification', qualification.migrations);
  });

  afterAll(async () => {
    for (const replica of replicas ?? []) await replica.stop();
    await server.drop();
  });

  function start(): Promise<RunningServices> {
    const settings = {
      port: 0,
      host: '127.0.0.1',
      home: tmpdir(),
      databaseUrl: server.url,
      secret: 'the secret of a test, long enough',
      adminToken,
      writeKey: 'the-write-key-of-a-test',
      logLevel: 'error' as const,
      playbookFile,
    };
    return startServices([qualification], { settings, logger: createLogger({ level: 'error' }) });
  }

  async function publish(...facts: readonly Publication[]): Promise<void> {
    const [{ transport } = {} as never] = replicas;
    await transport.unitOfWork('ingest', ingest).run(() => Promise.resolve({ result: null, publish: facts }));
    await settled([qualification], transport);
  }

  async function versionsExplained(): Promise<ReadonlySet<number>> {
    const versions = new Set<number>();
    for (const { url } of replicas) {
      for (const lead of leads) {
        const response = await fetch(`${url}/api/leads/${lead}/explanation`, {
          headers: { authorization: `Bearer ${adminToken}` },
        });
        versions.add(((await response.json()) as { playbook: { version: number } }).playbook.version);
      }
    }
    return versions;
  }

  async function move(url: string, lead: string, to: string): Promise<number> {
    const response = await fetch(`${url}/api/leads/${lead}/stage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to, reason: 'later' }),
    });
    return response.status;
  }

  it('decide by the definition that was activated, whichever of them reads the partition', async () => {
    await publish(...leads.map((lead) => identified(lead, { at, account })));
    expect(await versionsExplained()).toEqual(new Set([1]));
    await own.query(
      `insert into playbooks select name, 2, 'hash-of-2', source, published_at + interval '1 day', false from playbooks`,
    );
    await publish({
      ...activated({ name: 'handlers', version: 2, hash: 'hash-of-2' }, '2026-03-02T09:00:00.000Z'),
      everyPartition: true,
    });
    expect(await versionsExplained()).toEqual(new Set([2]));
    for (const [index, { url }] of replicas.entries()) {
      const asked = leads.filter((_, number) => number % 2 === index);
      for (const lead of asked) expect(await move(url, lead, 'nurture')).toBe(200);
    }
    const changes = (await readTopic(server.url, topics.leadStages))
      .map(({ envelope }) => envelope.data as LeadStageChanged)
      .filter(({ to }) => to === 'nurture');
    expect(changes).toHaveLength(leads.length);
    expect(changes.filter(({ playbook }) => playbook.version !== 2)).toEqual([]);
    // Both wake by timer, which any replica may fire.
    const woken = await eventuallyWoken();
    expect(woken.filter(({ playbook }) => playbook.version !== 2)).toEqual([]);
  });

  async function eventuallyWoken(): Promise<readonly LeadStageChanged[]> {
    let woken: readonly LeadStageChanged[] = [];
    await eventually('every lead wakes', async () => {
      const facts = (await readTopic(server.url, topics.leadStages)).map(({ envelope }) => envelope.data);
      woken = (facts as LeadStageChanged[]).filter(({ from }) => from === 'nurture');
      return woken.length === leads.length;
    });
    return woken;
  }
});
