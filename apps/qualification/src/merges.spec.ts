import { leadAbsorbed, leadErased } from '@baton/contracts/lead-events';
import { type LeadStageChanged, leadAnswered, leadStageChanged } from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import type { LogRecord } from '@baton/messaging/record';
import { type Feed, feedAs } from '@baton/testing/feed';
import { engaged, erased, identified, merged } from '@baton/testing/lead-facts';
import { runForTest, type TestRun } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { qualification } from './service.js';

const playbookFile = fileURLToPath(new URL('../test/playbook.yaml', import.meta.url));
const account = {
  domain: 'acme.example',
  freeMail: false,
  traits: { employees: { value: 100, at: '2026-03-01T08:00:00.000Z' } },
};
const joinedAt = '2026-03-01T12:00:00.000Z';

describe('leads that are merged, their facts in partitions of their own', () => {
  let run: TestRun;
  let ingest: Feed;

  beforeAll(async () => {
    run = await runForTest([qualification], { settings: { playbookFile } });
    ingest = await feedAs(run, 'ingest');
  });

  afterAll(async () => {
    await ingest?.close();
    await run?.stop();
  });

  const came = (lead: string) => identified(lead, { at: '2026-03-01T09:00:00.000Z', account });
  const asked = (lead: string, of = lead) => [
    engaged(lead, { name: 'Demo Requested' }, { at: '2026-03-01T10:00:00.000Z', eventId: `web:${of}-demo` }),
    engaged(lead, { page: { path: '/pricing' } }, { at: '2026-03-01T11:00:00.000Z', eventId: `web:${of}-pricing` }),
  ];

  async function becomeSql(lead: string): Promise<void> {
    await ingest.publish(came(lead), ...asked(lead));
    const moved = await run.request('POST', `/api/leads/${lead}/stage`, { to: 'sql', answers: { need: 'speed' } });
    expect(moved.status).toBe(200);
  }

  async function factsOf(lead: string): Promise<LogRecord['envelope'][]> {
    const facts = (await readTopic(run.databaseUrl, topics.leadStages)).filter(({ key }) => key === lead);
    expect(facts.map(({ envelope }) => envelope.sequence)).toEqual(facts.map((_, index) => index + 1));
    return facts.map(({ envelope }) => envelope);
  }

  async function changesOf(lead: string): Promise<LeadStageChanged[]> {
    const facts = await factsOf(lead);
    return facts.filter(({ type }) => type === leadStageChanged.type).map(({ data }) => data as LeadStageChanged);
  }

  const orders = [
    ['the end of the absorbed lead', true],
    ['the survivor’s merge', false],
  ] as const;

  it.each(orders)('come to the same, whichever is read first: %s', async (_what, absorbedFirst) => {
    const name = absorbedFirst ? 'first' : 'second';
    const [survivor, absorbed] = [`survivor-${name}`, `absorbed-${name}`];
    await ingest.publish(came(survivor));
    await becomeSql(absorbed);
    const facts = merged({ absorbed, survivor }, joinedAt);
    const underSurvivor = [facts.merged, ...asked(survivor, absorbed)];
    if (absorbedFirst) await ingest.publish(facts.absorbed);
    await ingest.publish(...underSurvivor);
    if (!absorbedFirst) {
      expect((await changesOf(survivor)).map(({ to }) => to)).toEqual(['lead']);
      await ingest.publish(facts.absorbed);
    }
    const own = await changesOf(absorbed);
    const taken = await changesOf(survivor);
    expect(taken.map(({ to, via, at }) => [to, via, at])).toEqual([
      ['lead', 'identified', '2026-03-01T09:00:00.000Z'],
      ['mql', 'merged', '2026-03-01T11:00:00.000Z'],
      ['sql', 'merged', own.at(-1)!.at <= joinedAt ? own.at(-1)!.at : joinedAt],
    ]);
    expect((await factsOf(survivor)).filter(({ type }) => type === leadAnswered.type)).toMatchObject([
      { data: { answers: { need: { value: 'speed', by: 'person' } } } },
    ]);
    const explained = await (await run.request('GET', `/api/leads/${survivor}/explanation`)).json();
    expect((explained as { scores: { engagement: { ledger: unknown[] } } }).scores.engagement.ledger).toHaveLength(2);
  });

  it('say under the absorbed id, as the last thing, where the lead goes on', async () => {
    const [survivor, absorbed] = ['survivor-end', 'absorbed-end'];
    await ingest.publish(came(survivor), came(absorbed));
    const facts = merged({ absorbed, survivor }, joinedAt);
    await ingest.publish(facts.absorbed, facts.merged);
    await ingest.publish(...asked(absorbed));
    const last = (await factsOf(absorbed)).at(-1);
    expect(last).toMatchObject({ type: leadAbsorbed.type, data: { survivor, at: joinedAt } });
    expect((await run.request('POST', `/api/leads/${absorbed}/stage`, { to: 'mql' })).status).toBe(409);
    const explained = await run.request('GET', `/api/leads/${absorbed}/explanation`);
    const location = `/api/leads/${survivor}/explanation`;
    expect([explained.status, explained.headers.get('location')]).toEqual([308, location]);
    await ingest.publish(erased(absorbed, '2026-03-01T13:00:00.000Z'));
    expect((await factsOf(absorbed)).map(({ type }) => type).slice(-2)).toEqual([leadAbsorbed.type, leadErased.type]);
  });

  it('hand over along the line when the survivor is absorbed itself, before it was given anything', async () => {
    const [first, second, third] = ['line-1', 'line-2', 'line-3'];
    await ingest.publish(came(first), came(second));
    await becomeSql(third);
    const lower = merged({ absorbed: third, survivor: second }, joinedAt);
    const upper = merged({ absorbed: second, survivor: first }, '2026-03-01T12:30:00.000Z');
    await ingest.publish(lower.merged);
    await ingest.publish(upper.absorbed);
    await ingest.publish(upper.merged);
    expect((await changesOf(first)).map(({ to }) => to)).toEqual(['lead']);
    await ingest.publish(lower.absorbed);
    expect((await changesOf(first)).map(({ to }) => to)).toEqual(['lead', 'mql', 'sql']);
    expect((await changesOf(second)).map(({ to }) => to)).toEqual(['lead']);
    expect((await factsOf(second)).at(-1)?.type).toBe(leadAbsorbed.type);
  });

  it('are joined once, when both ends are read at the same time', async () => {
    const pairs = Array.from({ length: 20 }, (_, index) => [`racing-${index}`, `raced-${index}`] as const);
    for (const [, absorbed] of pairs.slice(0, 3)) await becomeSql(absorbed);
    const facts = pairs.map(([survivor, absorbed]) => merged({ absorbed, survivor }, joinedAt));
    await ingest.publish(
      ...pairs.slice(3).flatMap(([, absorbed]) => [came(absorbed), ...asked(absorbed)]),
      ...pairs.map(([survivor]) => came(survivor)),
      ...facts.map((fact) => fact.absorbed),
      ...facts.flatMap((fact, index) => [fact.merged, ...asked(...pairs[index]!)]),
    );
    for (const [index, [survivor]] of pairs.entries()) {
      const entered = (await changesOf(survivor)).map(({ to }) => to);
      expect([survivor, ...entered]).toEqual([survivor, 'lead', 'mql', ...(index < 3 ? ['sql'] : [])]);
    }
  });
});
