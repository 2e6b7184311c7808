import type { Assigned, RosterDocument } from '@baton/contracts/http/routing';
import type { LeadAssigned } from '@baton/contracts/lead-assignments';
import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { clockEscalated } from '@baton/contracts/sla-clocks';
import { topics } from '@baton/contracts/topics';
import type { LogRecord, Publication } from '@baton/messaging/record';
import { type Feed, feedAs } from '@baton/testing/feed';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { aPlaybook, stageChanged, stageCorrected } from '@baton/testing/stage-facts';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
  sticky: [lead-owner, account-owner]
  rules:
    - { id: technical, to: "team:engineers" }
    - { id: everyone, to: "team:inbound" }
  fallback: "team:inbound"
`;

const roster = {
  calendars: { always: { zone: 'UTC', hours: { 'mon-sun': ['00:00-24:00'] } } },
  teams: [
    { id: 'inbound', calendar: 'always', members: ['ana', 'ben'], ownerOfLastResort: 'sam' },
    { id: 'engineers', calendar: 'always', members: ['eve'], ownerOfLastResort: 'sam' },
  ],
  reps: ['ana', 'ben', 'eve', 'sam'].map((id) => ({
    id,
    name: id,
    email: `${id}@example.com`,
    weight: id === 'ana' ? 2 : 1,
  })),
};

const at = '2026-03-04T10:00:00.000Z';
const account = (domain: string) => ({ domain, freeMail: false, traits: {} });
type Change = Partial<LeadStageChanged> & { id?: string };
const mql = (lead: string, over: Change = {}) =>
  stageChanged(lead, { to: 'mql', at, holds: { slas: [], routing: ['everyone'] }, ...over });

describe('routing', () => {
  let run: TestRun;
  let qualification: Feed;
  let clocks: Feed;

  beforeAll(async () => {
    run = await runForTest([routing]);
    qualification = await feedAs(run, 'qualification');
    clocks = await feedAs(run, 'sla-monitor');
    await qualification.publish(aPlaybook(playbook));
    expect((await run.request('PUT', '/api/roster', roster)).status).toBe(200);
  });

  afterAll(async () => {
    await qualification?.close();
    await clocks?.close();
    await run?.stop();
  });

  async function assignments(lead: string): Promise<LogRecord<LeadAssigned>[]> {
    const records = (await readTopic(run.databaseUrl, topics.leadAssignments)) as LogRecord<LeadAssigned>[];
    return records.filter(({ key }) => key === lead);
  }
  const ownersOf = async (lead: string) =>
    (await assignments(lead)).map(({ envelope: { data } }) => data.owner.rep ?? `team:${data.owner.team ?? ''}`);
  const lastOf = async (lead: string) => (await assignments(lead)).at(-1)?.envelope.data;

  function escalated(lead: string, owner: string, cycle = 1): Publication {
    const clock = { id: `${lead}:${cycle}`, cycle, owner };
    const data = { at, decidedAt: at, clock, percent: 200, action: { reassign: true } };
    return {
      topic: topics.slaClocks,
      key: lead,
      type: clockEscalated.type,
      id: `${lead}:${owner}:escalated`,
      time: at,
      sequence: 1,
      data,
    };
  }

  it('gives a lead that becomes an MQL one owner, with the decision, and none a second time in the cycle', async () => {
    await qualification.publish(
      mql('first', { id: 'change-1' }),
      stageChanged('first', { from: 'mql', to: 'sql', at, holds: { slas: [], routing: ['technical'] } }),
    );
    const [only, ...more] = await assignments('first');
    expect(more).toEqual([]);
    expect(only?.envelope).toMatchObject({ type: 'baton.lead.assigned.v1', subject: 'first', sequence: 1 });
    expect(only?.envelope.data).toMatchObject({
      cycle: 1,
      previous: null,
      change: 'change-1',
      decision: { by: 'rule', rule: 'everyone', rosterVersion: 2 },
      playbook: { name: 'under-test', version: 1 },
    });
    expect(only?.envelope.data.decision.tried[0]?.considered.map(({ rep, why }) => [rep, why])).toEqual([
      ['ana', 'eligible'],
      ['ben', 'eligible'],
    ]);
  });

  it('shares leads out by weight', async () => {
    const leads = Array.from({ length: 30 }, (_, index) => `shared-${index}`);
    await qualification.publish(...leads.map((lead) => mql(lead)));
    const owners = await Promise.all(leads.map((lead) => lastOf(lead)));
    const ana = owners.filter((fact) => fact?.owner.rep === 'ana').length;
    expect([ana, owners.length - ana]).toEqual([20, 10]);
  });

  it('gives colleagues of one account one owner, whichever partition they are in', async () => {
    const leads = Array.from({ length: 12 }, (_, index) => `colleague-${index}`);
    await qualification.publish(...leads.map((lead) => mql(lead, { account: account('acme.io') })));
    const owners = await Promise.all(leads.map((lead) => lastOf(lead)));
    expect(new Set(owners.map((fact) => fact?.owner.rep)).size).toBe(1);
    expect(owners.filter((fact) => fact?.decision.by === 'account-owner')).toHaveLength(11);
  });

  it('keeps the owner aside, and asks anew in the next cycle, where the lead owner sticks', async () => {
    await qualification.publish(
      mql('back', { holds: { slas: [], routing: ['technical'] } }),
      stageChanged('back', { from: 'mql', to: 'nurture', at, reason: 'bad-timing' }),
      stageChanged('back', { from: 'nurture', to: 'lead', at, cycle: 2 }),
      mql('back', { cycle: 2 }),
    );
    expect(await ownersOf('back')).toEqual(['eve', 'eve']);
    expect(await lastOf('back')).toMatchObject({
      cycle: 2,
      previous: { rep: 'eve', team: 'engineers' },
      decision: { by: 'lead-owner' },
    });
    expect((await assignments('back')).map(({ envelope }) => envelope.sequence)).toEqual([1, 2]);
  });

  it('leaves a lead that no rule holds for to the fallback queue', async () => {
    await qualification.publish(mql('nobody', { holds: { slas: [], routing: [] } }));
    expect(await lastOf('nobody')).toMatchObject({
      owner: { rep: null, team: 'inbound' },
      decision: { by: 'fallback' },
    });
  });

  it('asks for no owner before mql, nor aside', async () => {
    await qualification.publish(
      stageChanged('early', { from: 'visitor', to: 'lead', at }),
      stageChanged('early', { to: 'disqualified', at, reason: 'student' }),
    );
    expect(await assignments('early')).toEqual([]);
  });

  describe('history', () => {
    const old = (hour: number) => `2012-01-10T${String(hour).padStart(2, '0')}:00:00.000Z`;
    const historic = (lead: string, hour: number, over: Change = {}) =>
      mql(lead, { at: old(hour), historic: true, actor: { kind: 'import' }, id: `${lead}-${hour}`, ...over });

    it('has the owner of the file, at the time of the file, and takes nobody’s turn', async () => {
      await qualification.publish(historic('old', 9, { owner: 'rep:112' }));
      expect(await lastOf('old')).toMatchObject({
        at: old(9),
        historic: true,
        owner: { rep: '112', team: null },
        decision: { by: 'import', tried: [] },
      });
    });

    it('waits in the fallback queue when the file names nobody', async () => {
      await qualification.publish(historic('ownerless', 9));
      expect(await ownersOf('ownerless')).toEqual(['team:inbound']);
    });

    it('ends with the same owner in whatever order its rows come', async () => {
      const rows = (lead: string) => [
        historic(lead, 9, { owner: 'rep:ana' }),
        historic(lead, 11, { from: 'mql', to: 'sql', owner: 'rep:ben' }),
        historic(lead, 10, { from: 'mql', to: 'accepted' }),
      ];
      await qualification.publish(...rows('forward'), ...rows('backward').toReversed());
      expect((await lastOf('forward'))?.owner).toEqual({ rep: 'ben', team: 'inbound' });
      expect((await lastOf('backward'))?.owner).toEqual({ rep: 'ben', team: 'inbound' });
    });
  });

  describe('an escalation', () => {
    it('passes the lead to another rep, whose colleague’s leads stay', async () => {
      await qualification.publish(mql('slow'));
      const before = (await lastOf('slow'))?.owner.rep ?? '';
      await clocks.publish(escalated('slow', `rep:${before}`));
      const after = await lastOf('slow');
      expect(after?.owner.rep).toBe(before === 'ana' ? 'ben' : 'ana');
      expect(after).toMatchObject({
        previous: { rep: before },
        decision: { by: 'escalation', note: expect.stringContaining('200 %') },
      });
    });

    it('leaves the lead where it is when nobody else is eligible', async () => {
      await qualification.publish(mql('only-eve', { holds: { slas: [], routing: ['technical'] } }));
      await clocks.publish(escalated('only-eve', 'rep:eve'));
      expect(await ownersOf('only-eve')).toEqual(['eve']);
    });

    it('is too late when the lead changed hands, went aside or began another cycle', async () => {
      await qualification.publish(
        mql('moved-on'),
        mql('aside'),
        stageChanged('aside', { from: 'mql', to: 'nurture', at, id: 'aside-1' }),
      );
      const owner = `rep:${(await lastOf('aside'))?.owner.rep ?? ''}`;
      await clocks.publish(
        escalated('moved-on', 'rep:somebody-else'),
        escalated('aside', owner),
        escalated('unknown', 'rep:ana'),
      );
      expect([
        (await assignments('moved-on')).length,
        (await assignments('aside')).length,
        (await assignments('unknown')).length,
      ]).toEqual([1, 1, 0]);
    });

    it('finds a lead whose move aside was taken back', async () => {
      await qualification.publish(
        mql('returned'),
        stageChanged('returned', { from: 'mql', to: 'nurture', at, id: 'returned-1' }),
        stageCorrected('returned', { corrects: 'returned-1', kind: 'undone', stage: 'nurture', at }),
      );
      await clocks.publish(escalated('returned', `rep:${(await lastOf('returned'))?.owner.rep ?? ''}`));
      expect(await assignments('returned')).toHaveLength(2);
    });
  });

  describe('POST /api/leads/{id}/assign', () => {
    it('gives the lead to a person of the roster, and colleagues follow', async () => {
      await qualification.publish(mql('given', { account: account('given.io') }));
      const answer = await run.request('POST', '/api/leads/given/assign', { to: 'rep:sam', note: 'knows them' });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('baton-after')).toBeTruthy();
      expect((await answer.json()) as Assigned).toMatchObject({
        lead: 'given',
        owner: { rep: 'sam', team: null },
        decision: { by: 'person', note: 'knows them' },
      });
      await qualification.publish(mql('given-2', { account: account('given.io') }));
      expect(await ownersOf('given-2')).toEqual(['sam']);
      expect(await lastOf('given')).toMatchObject({ actor: expect.any(String), cycle: 1 });
    });

    it('puts the lead back into the queue of a team', async () => {
      await qualification.publish(mql('queued'));
      await run.request('POST', '/api/leads/queued/assign', { to: 'team:engineers' });
      expect((await lastOf('queued'))?.owner).toEqual({ rep: null, team: 'engineers' });
    });

    it.each([
      {
        what: 'somebody who is not on the roster',
        lead: 'first',
        body: { to: 'rep:nobody' },
        status: 422,
        word: 'rep:ana',
      },
      {
        what: 'a lead without an owner',
        lead: 'no-such-lead',
        body: { to: 'rep:ana' },
        status: 404,
        word: 'MQL or SQL',
      },
      { what: 'something that is no owner', lead: 'first', body: { to: 'ana' }, status: 400, word: 'to' },
      { what: 'nothing', lead: 'first', body: {}, status: 400, word: 'to' },
    ])('refuses $what', async ({ lead, body, status, word }) => {
      const answer = await run.request('POST', `/api/leads/${lead}/assign`, body);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(JSON.stringify(await answer.json())).toContain(word);
    });

    it('refuses the owner it has', async () => {
      await qualification.publish(mql('same', { holds: { slas: [], routing: ['technical'] } }));
      expect((await run.request('POST', '/api/leads/same/assign', { to: 'rep:eve' })).status).toBe(409);
    });
  });

  describe('the roster over HTTP', () => {
    const get = async () => (await (await run.request('GET', '/api/roster')).json()) as RosterDocument;

    it('answers the version in force, which may be changed and put back', async () => {
      const before = await get();
      expect(before).toMatchObject({
        version: 2,
        accounts: {},
        reps: expect.arrayContaining([expect.objectContaining({ id: 'ana', weight: 2, skills: [] })]),
      });
      const changed = { ...before, accounts: { 'named.io': 'sam' } };
      const answer = await run.request('PUT', '/api/roster', changed);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ version: 3, accounts: { 'named.io': 'sam' } });
      await qualification.publish(mql('named', { account: account('named.io') }));
      expect(await lastOf('named')).toMatchObject({
        owner: { rep: 'sam' },
        decision: { by: 'account-owner', rosterVersion: 3 },
      });
    });

    it('publishes every version on its topic', async () => {
      const published = await readTopic(run.databaseUrl, topics.roster);
      expect(published.map(({ envelope }) => (envelope.data as { version: number }).version)).toEqual(
        published.map((_, index) => index + 1),
      );
      expect(published[0]?.envelope.data).toMatchObject({
        roster: { teams: [{ id: 'inbound' }], reps: [{ id: 'first-rep' }] },
      });
    });

    it('refuses a roster with every fault of it', async () => {
      const answer = await run.request('PUT', '/api/roster', { ...roster, teams: [{ id: 'inbound' }], extra: 1 });
      expect(answer.status).toBe(400);
      const { errors } = (await answer.json()) as { errors: { path: string }[] };
      expect(errors.map(({ path }) => path)).toEqual(
        expect.arrayContaining(['/body/teams/0/calendar', '/body/teams/0/members', '/body/extra']),
      );
    });

    it('refuses to drop a team that the active playbook routes to', async () => {
      const answer = await run.request('PUT', '/api/roster', { ...roster, teams: roster.teams.slice(0, 1) });
      expect(answer.status).toBe(400);
      expect(JSON.stringify(await answer.json())).toContain('team:engineers');
    });

    it('refuses a change made from an older version', async () => {
      const answer = await run.request('PUT', '/api/roster', { ...roster, version: 1 });
      expect(answer.status).toBe(409);
    });
  });
});
