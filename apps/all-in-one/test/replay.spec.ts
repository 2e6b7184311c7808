import { leadAbsorbed, leadErased } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import { createLogger } from '@baton/observability/logger';
import { reporting } from '@baton/reporting/service';
import { qualification } from '@baton/qualification/service';
import { scoring } from '@baton/scoring/service';
import type { ServiceDefinition } from '@baton/service-kit/define-service';
import { replayService } from '@baton/service-kit/replay-service';
import { runForTest, type TestRun } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { services } from '../src/services.js';
import { ageLog, copiesOf, spoilOneRow } from './age-log-store.js';

const producers = ['ingest', 'scoring', 'qualification', 'routing', 'sla-monitor'];
const events = ['Demo Requested', 'Pricing Viewed', 'Webinar Attended', 'Content Downloaded'];

/** Facts of every kind go through all services; then the read models are made again from what was published. */
describe('a replay', () => {
  let run: TestRun;

  beforeAll(async () => {
    run = await runForTest(services);
    await leadsWithHistory();
    await anAbsorbedLead();
    await anErasedLead();
    await importedHistory();
    await run.settled();
  }, 120_000);

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

  async function replayedExactly(definition: ServiceDefinition): Promise<void> {
    const { tables, records } = await replay(definition);
    expect(records).toBeGreaterThan(50);
    expect(tables.filter(({ onlyFirst, onlySecond }) => onlyFirst + onlySecond > 0)).toEqual([]);
    const filled = tables.filter(({ rows }) => rows > 0).map(({ table }) => table);
    expect(filled).toEqual(tables.map(({ table }) => table));
  }

  it('of the log makes every row of reporting again', () => replayedExactly(reporting), 60_000);

  it('of the log makes every row of scoring again', () => replayedExactly(scoring), 60_000);

  it('of the history, from which an erased person is gone, makes them again', async () => {
    expect(await copiesOf(run.databaseUrl, 'ingest', 'my gone words')).toBeGreaterThan(0);
    for (const producer of producers) await ageLog(run.databaseUrl, producer);
    for (const producer of producers) {
      expect(await copiesOf(run.databaseUrl, producer, 'my gone words')).toBe(0);
      expect(await copiesOf(run.databaseUrl, producer, 'gone@left.example')).toBe(0);
    }
    await replayedExactly(scoring);
    const { tables } = await replay(reporting);
    const different = tables.filter(({ onlyFirst, onlySecond }) => onlyFirst + onlySecond > 0);
    expect(different.map(({ table, passing }) => [table, passing])).toEqual([['visitors', true]]);
  }, 60_000);

  it('shows a row that is not what the facts make of it', async () => {
    await spoilOneRow(run.databaseUrl);
    const { tables } = await replay(reporting);
    expect(tables.find(({ table }) => table === 'profiles')).toMatchObject({ onlyFirst: 1, onlySecond: 1 });
  }, 60_000);

  it('is refused for a service that decides', async () => {
    await expect(replay(qualification)).rejects.toThrow('qualification decides');
  });
});
