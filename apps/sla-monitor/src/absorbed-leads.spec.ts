import { rosterPublished } from '@baton/contracts/definitions';
import { leadAssigned } from '@baton/contracts/lead-assignments';
import { leadActivityRecorded } from '@baton/contracts/lead-events';
import type { Clock } from '@baton/contracts/sla-clocks';
import { topics } from '@baton/contracts/topics';
import type { Publication } from '@baton/messaging/record';
import { type Feed, feedAs } from '@baton/testing/feed';
import { inStep, interleavings } from '@baton/testing/interleavings';
import { merged } from '@baton/testing/lead-facts';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { aPlaybook, stageAbsorbed, stageChanged, testPlaybook } from '@baton/testing/stage-facts';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { slaMonitor } from './service.js';

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
slas:
  - { id: hour, firstTouch: 1h, warnAt: [], hours: always, escalate: [] }
routing:
  rules: [{ id: everyone, to: "team:inbound" }]
  fallback: "team:inbound"
`;

const roster = {
  calendars: { always: { zone: 'UTC', hours: { 'mon-sun': ['00:00-24:00'] }, holidays: [] } },
  teams: [{ id: 'inbound', name: 'Inbound', calendar: 'always', members: ['ana'], ownerOfLastResort: 'ana' }],
  reps: [{ id: 'ana', name: 'Ana', email: 'ana@example.com', weight: 1, skills: [], leave: [], notify: [] }],
  accounts: {},
};

const minute = 60_000;
const ten = Date.parse('2026-03-04T10:00:00.000Z');
const time = (minutes: number) => new Date(ten + minutes * minute).toISOString();

describe('clocks of leads that are absorbed', () => {
  let run: TestRun;
  let ingest: Feed;
  let qualification: Feed;
  let routing: Feed;
  /** Half an hour past ten: what was promised for an hour at ten runs, what was promised long before is broken. */
  const now = ten + 30 * minute;

  beforeAll(async () => {
    run = await runForTest([slaMonitor], { clock: () => now });
    [ingest, qualification, routing] = await Promise.all([
      feedAs(run, 'ingest'),
      feedAs(run, 'qualification'),
      feedAs(run, 'routing'),
    ]);
    const published = { version: 1, roster, publishedAt: time(0) };
    await qualification.publish(aPlaybook(playbook));
    await routing.publish({
      topic: topics.roster,
      key: 'roster',
      type: rosterPublished.type,
      id: 'roster@1',
      time: time(0),
      data: published,
    });
  });

  afterAll(async () => {
    await Promise.all([ingest, qualification, routing].map((feed) => feed?.close()));
    await run?.stop();
  });

  const mql = (lead: string, minutes: number) =>
    stageChanged(lead, { to: 'mql', at: time(minutes), holds: { slas: ['hour'], routing: [] } });

  function assigned(lead: string, minutes: number): Publication {
    const data = {
      cycle: 1,
      at: time(minutes),
      decidedAt: time(minutes),
      owner: { rep: 'ana', team: 'inbound' },
      previous: null,
      decision: { by: 'rule', tried: [], rosterVersion: 1 },
      playbook: testPlaybook,
    };
    const fact = { topic: topics.leadAssignments, key: lead, type: leadAssigned.type, time: time(minutes) };
    return { ...fact, id: `${lead}:a`, sequence: 1, data };
  }

  function called(lead: string, minutes: number): Publication {
    const at = time(minutes);
    const activity = { kind: 'call', direction: 'outbound', outcome: 'connected', rep: 'ana' };
    const data = { eventId: `crm:${lead}`, at, receivedAt: at, activity, by: 'crm' };
    return { topic: topics.leadEvents, key: lead, type: leadActivityRecorded.type, id: `crm:${lead}`, time: at, data };
  }

  async function promised(lead: string, minutes: number): Promise<void> {
    await qualification.publish(mql(lead, minutes));
    await routing.publish(assigned(lead, minutes));
  }

  async function absorb(absorbed: string, survivor: string): Promise<void> {
    await ingest.publish(merged({ absorbed, survivor }, time(20)).absorbed);
    await qualification.publish(stageAbsorbed(absorbed, { survivor, at: time(20) }));
  }

  async function factsOf(lead: string): Promise<{ kind: string; clock: Clock }[]> {
    const facts = (await readTopic(run.databaseUrl, topics.slaClocks)).filter(({ key }) => key === lead);
    expect(facts.map(({ envelope }) => envelope.sequence)).toEqual(facts.map((_, index) => index + 1));
    return facts.map(({ envelope: { type, data } }) => ({
      kind: type.split('.')[2] ?? type,
      clock: (data as { clock: Clock }).clock,
    }));
  }
  const kindsOf = async (lead: string) => (await factsOf(lead)).map(({ kind }) => kind);
  const clockOf = async (lead: string) => (await factsOf(lead)).at(-1)?.clock;

  it('are cancelled, also where the absorption is read before what started them', async () => {
    const end = merged({ absorbed: 'read-late', survivor: 'another' }, time(20)).absorbed;
    await ingest.publish(end);
    await promised('read-late', 0);
    await qualification.publish(stageAbsorbed('read-late', { survivor: 'another', at: time(20) }));
    expect(await kindsOf('read-late')).toEqual(['started', 'cancelled']);
    expect(await clockOf('read-late')).toMatchObject({ state: 'cancelled', breachedAt: null });
  });

  it('leave the survivor the earlier promise of the two', async () => {
    await promised('waits', 10);
    await promised('waited-longer', 0);
    await absorb('waited-longer', 'waits');
    expect(await kindsOf('waited-longer')).toEqual(['started', 'cancelled']);
    expect(await kindsOf('waits')).toEqual(['started', 'corrected']);
    expect(await clockOf('waits')).toMatchObject({ state: 'running', startedAt: time(0), dueAt: time(60) });
  });

  it.each(['stages', 'assignments'])('leave it that one too when its %s are read last', async (late) => {
    const [survivor, absorbed] = [`late-${late}`, `before-${late}`];
    await promised(absorbed, 0);
    if (late === 'assignments') await qualification.publish(mql(survivor, 10));
    await absorb(absorbed, survivor);
    if (late === 'assignments') await routing.publish(assigned(survivor, 10));
    else await promised(survivor, 10);
    expect(await clockOf(survivor)).toMatchObject({ state: 'running', startedAt: time(0), dueAt: time(60) });
  });

  it('leave it that one too when the lead in between was absorbed first', async () => {
    await promised('end-of-line', 10);
    await promised('start-of-line', 0);
    await absorb('middle-of-line', 'end-of-line');
    await absorb('start-of-line', 'middle-of-line');
    expect(await clockOf('end-of-line')).toMatchObject({ state: 'running', startedAt: time(0) });
  });

  it.each([
    { what: 'waits for nothing', name: 'idle', middle: [] },
    { what: 'waits too, for not as long', name: 'waiting', middle: [5] },
  ])(
    'leave the last of three that one in whatever order partitions are read: the one in between $what',
    async (line) => {
      const orderOf = (order: number) => (lead: string) => `${line.name}-${lead}-${order}`;
      const told = (id: (lead: string) => string) => [
        [mql(id('a'), 0), stageAbsorbed(id('a'), { survivor: id('b'), at: time(20) })],
        [...line.middle.map((at) => mql(id('b'), at)), stageAbsorbed(id('b'), { survivor: id('c'), at: time(25) })],
        [mql(id('c'), 10)],
        [assigned(id('c'), 10)],
      ];
      const count = [...interleavings(told(orderOf(0)))].length;
      const orders = Array.from({ length: count }, (_, order) => [...interleavings(told(orderOf(order)))][order]!);
      for (const together of inStep(orders)) {
        const byService = Map.groupBy(together, ({ topic }) => topic);
        await qualification.publish(...(byService.get(topics.leadStages) ?? []));
        await routing.publish(...(byService.get(topics.leadAssignments) ?? []));
      }
      const facts = await readTopic(run.databaseUrl, topics.slaClocks);
      const last = new Map(facts.map(({ key, envelope }) => [key, (envelope.data as { clock: Clock }).clock]));
      const ends = orders.map((_, order) => last.get(orderOf(order)('c')));
      expect(ends.map((clock) => [clock?.state, clock?.startedAt, clock?.dueAt])).toEqual(
        ends.map(() => ['running', time(0), time(60)]),
      );
    },
  );

  it('leave the last of three that one when all partitions are read at the same time', async () => {
    const lines = Array.from({ length: 300 }, (_, line) => (lead: string) => `at-once-${lead}-${line}`);
    await qualification.publish(...lines.flatMap((id) => [mql(id('a'), 0), mql(id('c'), 10)]));
    await routing.publish(...lines.map((id) => assigned(id('c'), 10)));
    await qualification.publish(
      ...lines.flatMap((id) => [
        stageAbsorbed(id('a'), { survivor: id('b'), at: time(20) }),
        stageAbsorbed(id('b'), { survivor: id('c'), at: time(25) }),
      ]),
    );
    const facts = await readTopic(run.databaseUrl, topics.slaClocks);
    const last = new Map(facts.map(({ key, envelope }) => [key, (envelope.data as { clock: Clock }).clock]));
    expect(lines.map((id) => id('c')).filter((id) => last.get(id)?.startedAt !== time(0))).toEqual([]);
  });

  it('leave a survivor that waits longer its own', async () => {
    await promised('waits-longer', 0);
    await promised('came-later', 10);
    await absorb('came-later', 'waits-longer');
    expect(await kindsOf('waits-longer')).toEqual(['started']);
  });

  it('leave a survivor alone when either of the two has been called', async () => {
    await promised('was-called', 10);
    await promised('not-called', 0);
    await ingest.publish(called('was-called', 15));
    await absorb('not-called', 'was-called');
    expect(await kindsOf('was-called')).toEqual(['started', 'met']);
    await promised('to-be-called', 10);
    await promised('called-before', 0);
    await ingest.publish(called('called-before', 5));
    await absorb('called-before', 'to-be-called');
    expect(await kindsOf('to-be-called')).toEqual(['started']);
    expect(await kindsOf('called-before')).toEqual(['started', 'met']);
  });
});
