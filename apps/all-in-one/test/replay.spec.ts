import { leadAbsorbed, leadErased } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import { createLogger } from '@baton/observability/logger';
import { reporting } from '@baton/reporting/service';
import { qualification } from '@baton/qualification/service';
import { scoring } from '@baton/scoring/service';
import type { ServiceDefinition } from '@baton/service-kit/define-service';
import { replayService } from '@baton/service-kit/replay-service';
import type { Settings } from '@baton/service-kit/settings';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { runForTest, type TestRun } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { services } from '../src/services.js';
import { ageLog, ageShippedLog, copiesOf, spoilOneRow } from './age-log-store.js';

const producers = ['ingest', 'scoring', 'qualification', 'routing', 'sla-monitor'];
const patience = 120_000;
const events = ['Demo Requested', 'Pricing Viewed', 'Webinar Attended', 'Content Downloaded'];

interface Carrier {
  readonly settings: () => Promise<Partial<Settings>>;
  /** Lets everything in the log of a service leave for its history. */
  readonly age: (databaseUrl: string, producer: string) => Promise<void>;
  /** Tables made of raw events differ as soon as the log of those is not the database's. */
  readonly passing: readonly string[];
}

/** Facts of every kind go through all services; then the read models are made again from what was published. */
function replaysExactly(carrier: Carrier): void {
  let run: TestRun;

  beforeAll(async () => {
    run = await runForTest(services, { settings: await carrier.settings() });
    await leadsWithHistory();
    await anAbsorbedLead();
    await anErasedLead();
    await importedHistory();
    await run.settled();
  }, 180_000);

  afterAll(() => run?.stop());

  async function send(...batch: readonly object[]): Promise<void> {
    expect((await run.request('POST', '/v1/batch', { batch })).status).toBe(200);
  }

  async function command(lead: string, path: string, body: object): Promise<number> {
    return (await run.request('POST', `/api/leads/${lead}${path}`, body)).status;
  }

  async function leadOf(email: string): Promise<string> {
    await run.settled();
    const found = await run.request('GET', `/api/leads?email=${encodeURIComponent(email)}`);
    return ((await found.json()) as { items: { id: string }[] }).items[0]?.id ?? '';
  }

  async function leadsWithHistory(): Promise<void> {
    const people = Array.from({ length: 12 }, (_, index) => ({
      anonymousId: `browser-${index}`,
      userId: `user-${index}`,
      email: `person-${index}@company-${index % 4}.example`,
      utm: { name: `spring-${index % 3}`, source: 'google', medium: 'cpc' },
    }));
    for (const { anonymousId, utm } of people)
      await send({ type: 'page', anonymousId, properties: { path: '/pricing' }, context: { campaign: utm } });
    for (const [index, { anonymousId, userId, email }] of people.entries()) {
      const traits = {
        email,
        title: index % 2 ? 'CTO' : 'VP Marketing',
        company: { industry: 'Software', employees: 90 },
      };
      await send({ type: 'identify', anonymousId, userId, traits });
      for (const event of events.slice(0, 1 + (index % events.length)))
        await send({ type: 'track', anonymousId, userId, event, properties: { budget: 'approved' } });
    }
    await send({ type: 'group', userId: 'user-0', groupId: 'company-0.example', traits: { employees: 400 } });
    for (const { email } of people.slice(0, 6)) await work(await leadOf(email));
  }

  /** What a rep does with an MQL: an attempt, a touch, moves, one of them taken back, a note, another owner. */
  async function work(lead: string): Promise<void> {
    const call = { kind: 'call', direction: 'outbound', rep: 'ana' };
    await command(lead, '/activities', { ...call, outcome: 'voicemail' });
    await command(lead, '/activities', { ...call, outcome: 'connected' });
    await command(lead, '/stage', { to: 'accepted' });
    await command(lead, '/undo', {});
    await command(lead, '/stage', { to: 'accepted' });
    await command(lead, '/stage', { to: 'sql', answers: { budget: 'approved', timelineDays: 30, need: 'speed' } });
    await command(lead, '/assign', { to: 'team:inbound' });
  }

  async function anAbsorbedLead(): Promise<void> {
    await send({ type: 'identify', traits: { email: 'mo@merged.example', title: 'CFO' } });
    await send({ type: 'track', userId: 'mo', event: 'Demo Requested' });
    await send({ type: 'identify', userId: 'mo', traits: { city: 'Rome' } });
    await run.settled();
    await work(await leadOf('mo@merged.example'));
    await send({ type: 'identify', userId: 'mo', traits: { email: 'mo@merged.example' } });
    await run.settled();
    const facts = await readTopic(run.databaseUrl, topics.leadEvents);
    expect(facts.filter(({ envelope }) => envelope.type === leadAbsorbed.type)).toHaveLength(1);
  }

  async function anErasedLead(): Promise<void> {
    await send({
      type: 'identify',
      anonymousId: 'gone-browser',
      userId: 'gone',
      traits: { email: 'gone@left.example' },
    });
    await send({ type: 'track', userId: 'gone', event: 'Demo Requested', properties: { message: 'my gone words' } });
    await work(await leadOf('gone@left.example'));
    await run.settled();
    expect((await run.request('POST', '/api/privacy/erase', { email: 'gone@left.example' })).status).toBe(200);
    await run.settled();
    const facts = await readTopic(run.databaseUrl, topics.leadEvents);
    expect(facts.filter(({ envelope }) => envelope.type === leadErased.type)).toHaveLength(1);
  }

  async function importedHistory(): Promise<void> {
    const past = { userId: 'old-case', historic: true };
    const at = (day: number) => ({ timestamp: `2025-03-0${day}T10:00:00.000Z` });
    const batch = [
      { ...past, ...at(1), type: 'identify', traits: { email: 'old@case.example' } },
      { ...past, ...at(4), type: 'outcome', outcome: 'won', amount: 12_000 },
      { ...past, ...at(3), type: 'stage', stage: 'mql', owner: 'rep:ana' },
    ];
    expect((await run.request('POST', '/v1/import', { source: 'crm', batch })).status).toBe(200);
  }

  function replay(definition: ServiceDefinition) {
    const logger = createLogger({ level: 'error' });
    const into = `${definition.name}_replayed`;
    return replayService(definition, { settings: run.settings, into, logger });
  }

  /** Every row of every table that the facts make. */
  async function replayedExactly(definition: ServiceDefinition, passing: readonly string[] = []): Promise<void> {
    const { tables, records } = await replay(definition);
    expect(records).toBeGreaterThan(50);
    const different = tables.filter(({ onlyFirst, onlySecond }) => onlyFirst + onlySecond > 0);
    expect(different).toEqual(passing.map((table): unknown => expect.objectContaining({ table, passing: true })));
    const filled = tables.filter(({ rows }) => rows > 0).map(({ table }) => table);
    expect(filled).toEqual(tables.map(({ table }) => table));
  }

  it('of the log makes every row of reporting again', () => replayedExactly(reporting, carrier.passing), patience);

  it('of the log makes every row of scoring again', () => replayedExactly(scoring), patience);

  it(
    'of the history, from which an erased person is gone, makes them again',
    async () => {
      expect(await copiesOf(run.databaseUrl, 'ingest', 'my gone words')).toBeGreaterThan(0);
      for (const producer of producers) await carrier.age(run.databaseUrl, producer);
      for (const producer of producers) {
        expect(await copiesOf(run.databaseUrl, producer, 'my gone words')).toBe(0);
        expect(await copiesOf(run.databaseUrl, producer, 'gone@left.example')).toBe(0);
      }
      await replayedExactly(scoring);
      await replayedExactly(reporting, ['visitors']);
    },
    patience,
  );

  it(
    'leaves the services to handle what comes after it, each fact once',
    async () => {
      await send(
        { type: 'identify', userId: 'user-1', traits: { title: 'CEO' } },
        { type: 'track', userId: 'user-1', event: 'Demo Requested', properties: { budget: 'approved' } },
        { type: 'identify', userId: 'late', anonymousId: 'late-browser', traits: { email: 'late@company-1.example' } },
        { type: 'track', userId: 'late', event: 'Pricing Viewed' },
      );
      await work(await leadOf('late@company-1.example'));
      await run.settled();
      await replayedExactly(scoring);
      await replayedExactly(reporting, ['visitors']);
    },
    patience,
  );

  it(
    'shows a row that is not what the facts make of it',
    async () => {
      await spoilOneRow(run.databaseUrl);
      const { tables } = await replay(reporting);
      expect(tables.find(({ table }) => table === 'profiles')).toMatchObject({ onlyFirst: 1, onlySecond: 1 });
    },
    patience,
  );

  it('is refused for a service that decides', async () => {
    await expect(replay(qualification)).rejects.toThrow('qualification decides');
  });
}

describe('a replay', () => {
  describe('on PostgreSQL', () => replaysExactly({ settings: () => Promise.resolve({}), age: ageLog, passing: [] }));

  describeWithKafka('on Kafka', () =>
    replaysExactly({
      settings: async () => ({
        kafka: { brokers: await testKafkaBrokers(), prefix: `replay-${randomBytes(4).toString('hex')}.` },
      }),
      age: ageShippedLog,
      passing: ['visitors'],
    }),
  );

  it(
    'is refused where the history of what it reads is not',
    async () => {
      const alone = await runForTest([reporting]);
      const replayed = replayService(reporting, { settings: alone.settings, into: 'reporting_replayed' });
      const refusal = await replayed.catch((error: unknown) => error);
      await alone.stop();
      expect(String(refusal)).toMatch(/The history of visitor\.events, lead\.events.* is not in this database.*ingest/);
    },
    patience,
  );
});
