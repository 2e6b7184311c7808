import type { LeadAssigned } from '@baton/contracts/lead-assignments';
import { topics } from '@baton/contracts/topics';
import { openEmbeddedLog } from '@baton/messaging/embedded-log';
import type { LogRecord, Publication } from '@baton/messaging/record';
import { createLogger } from '@baton/observability/logger';
import { openDatabase } from '@baton/persistence/open-database';
import { StartRefusal } from '@baton/service-kit/start-refusal';
import { type RunningServices, startServices } from '@baton/service-kit/start-services';
import { type TestServer, testServer } from '@baton/testing/database';
import { aPlaybook, stageChanged } from '@baton/testing/stage-facts';
import { readTopic } from '@baton/testing/topic-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { routing } from './service.js';

const playbook = `
apiVersion: baton/v1
kind: Playbook
metadata: { name: under-test, owners: { marketing: [a@example.com], sales: [b@example.com] } }
signals:
  visit: { on: page, intent: low }
scores:
  engagement: { rules: [{ id: visit, signal: visit, points: 1 }] }
  fit: { rules: [] }
stages:
  mql: { enter: [{ id: any, when: "score.engagement >= 1" }] }
routing:
  rules: [{ id: everyone, to: "team:inbound" }]
  fallback: "team:inbound"
`;

const roster = `
calendars:
  always: { zone: UTC, hours: { mon-sun: ["00:00-24:00"] }, holidays: [2026-12-25] }
teams:
  - { id: inbound, calendar: always, members: [ana, ben, cem], ownerOfLastResort: ana }
reps:
  - { id: ana, name: Ana, email: ana@example.com, weight: 3 }
  - { id: ben, name: Ben, email: ben@example.com, weight: 2 }
  - { id: cem, name: Cem, email: cem@example.com }
`;

const at = '2026-03-04T10:00:00.000Z';
const log = createLogger({ level: 'error' });

describe('routing in several processes', () => {
  let server: TestServer;
  let folder: string;
  let running: RunningServices[];

  beforeEach(async () => {
    server = await testServer();
    folder = await mkdtemp(join(tmpdir(), 'roster-'));
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((services) => services.stop()));
    await server.drop();
    await rm(folder, { recursive: true });
  });

  async function start(document = roster): Promise<RunningServices> {
    const rosterFile = join(folder, 'roster.yaml');
    await writeFile(rosterFile, document);
    const settings = {
      port: 0,
      host: '127.0.0.1',
      home: folder,
      databaseUrl: server.url,
      rosterFile,
      secret: 'the secret of a test, long enough',
      adminToken: 'the-admin-token-of-a-test',
      writeKey: 'the-write-key-of-a-test',
      logLevel: 'error',
    } as const;
    const services = await startServices([routing], { settings, logger: log });
    running.push(services);
    return services;
  }

  /** Publishes as qualification does in a process of its own. */
  async function publish(...facts: Publication[]): Promise<void> {
    const transport = await openEmbeddedLog({ url: server.url, log });
    const database = await openDatabase({ url: server.url, schema: 'qualification', poolSize: 1 });
    await transport.unitOfWork('qualification', database).run(() => Promise.resolve({ result: null, publish: facts }));
    await database.close();
    await transport.stop();
  }

  const mqls = (from: number, to: number): Publication[] =>
    Array.from({ length: to - from }, (_, index) =>
      stageChanged(`lead-${from + index}`, { to: 'mql', at, holds: { slas: [], routing: ['everyone'] } }),
    );

  /** Every owner that was given, once there are so many. */
  async function owners(count: number): Promise<string[]> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const facts = (await readTopic(server.url, topics.leadAssignments)) as LogRecord<LeadAssigned>[];
      if (facts.length >= count) {
        expect(new Set(facts.map(({ key }) => key)).size).toBe(count);
        return facts.map(({ envelope }) => envelope.data.owner.rep ?? 'nobody');
      }
      if (Date.now() > deadline)
        throw new Error(`${facts.length} of ${count} leads have an owner after twenty seconds`);
      await delay(20);
    }
  }

  const tally = (names: readonly string[]) =>
    Object.fromEntries(['ana', 'ben', 'cem'].map((id) => [id, names.filter((name) => name === id).length]));

  it('shares by weight across replicas, every lead once', async () => {
    await Promise.all([start(), start()]);
    await publish(aPlaybook(playbook), ...mqls(0, 30));
    for (let from = 30; from < 120; from += 10) await publish(...mqls(from, from + 10));
    expect(tally(await owners(120))).toEqual({ ana: 60, ben: 40, cem: 20 });
  });

  it('goes on with the turn where it stopped', async () => {
    const first = await start();
    await publish(aPlaybook(playbook), ...mqls(0, 3));
    expect(tally(await owners(3))).toEqual({ ana: 2, ben: 1, cem: 0 });
    await first.stop();
    running.pop();
    await start();
    await publish(...mqls(3, 6));
    expect(tally(await owners(6))).toEqual({ ana: 3, ben: 2, cem: 1 });
  });

  it('loads its roster file once: a restart keeps what is in force', async () => {
    const first = await start();
    await first.stop();
    running.pop();
    await start(roster.replace('Ana,', 'Somebody Else,'));
    const published = await readTopic(server.url, topics.roster);
    expect(published).toHaveLength(1);
    expect(published[0]?.envelope.data).toMatchObject({
      version: 1,
      roster: { reps: [{ name: 'Ana', weight: 3 }, { id: 'ben' }, { id: 'cem' }] },
    });
  });

  it.each([
    [
      'names every fault',
      'calendars: {}\nteams: []\nreps: 7\n',
      ['/teams: expected at least one team', '/reps: expected a list'],
    ],
    ['is no YAML', 'teams: [', ['roster.yaml']],
  ])('refuses to start with a roster file that %s', async (_, document, words) => {
    const refusal = await start(document).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StartRefusal);
    for (const word of words) expect((refusal as StartRefusal).message).toContain(word);
  });
});
