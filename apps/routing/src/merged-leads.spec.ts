import { type LeadAssigned, leadAssigned, leadUnassigned } from '@baton/contracts/lead-assignments';
import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import { type Feed, feedAs } from '@baton/testing/feed';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { aPlaybook, stageAbsorbed, stageChanged } from '@baton/testing/stage-facts';
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
  sticky: [lead-owner]
  rules:
    - { id: technical, to: "team:engineers" }
    - { id: everyone, to: "team:inbound" }
  fallback: "team:inbound"
`;

const roster = {
  calendars: { always: { zone: 'UTC', hours: { 'mon-sun': ['00:00-24:00'] } } },
  teams: [
    { id: 'inbound', calendar: 'always', members: ['ana'], ownerOfLastResort: 'ana' },
    { id: 'engineers', calendar: 'always', members: ['eve'], ownerOfLastResort: 'ana' },
  ],
  reps: [
    { id: 'ana', name: 'Ana', email: 'ana@example.com' },
    { id: 'eve', name: 'Eve', email: 'eve@example.com' },
    { id: 'gil', name: 'Gil', email: 'gil@example.com', leave: [{ from: '2020-01-01', to: '2099-12-31' }] },
  ],
};

const at = '2026-03-04T10:00:00.000Z';
const joinedAt = '2026-03-04T12:00:00.000Z';

describe('routing of leads that are merged', () => {
  let run: TestRun;
  let qualification: Feed;

  beforeAll(async () => {
    run = await runForTest([routing]);
    qualification = await feedAs(run, 'qualification');
    await qualification.publish(aPlaybook(playbook));
    expect((await run.request('PUT', '/api/roster', roster)).status).toBe(200);
  });

  afterAll(async () => {
    await qualification?.close();
    await run?.stop();
  });

  const changed = (lead: string, to: LeadStageChanged['to'], rule: string) =>
    stageChanged(lead, { to, at, holds: { slas: [], routing: [rule] } });

  /** A stage that the survivor takes over; by its own routing rules it is Ana's. */
  const takenOver = (survivor: string, absorbed: string, to: LeadStageChanged['to']) =>
    stageChanged(survivor, {
      to,
      at,
      via: 'merged',
      criteria: [{ id: 'merged', values: { lead: absorbed } }],
      holds: { slas: [], routing: ['everyone'] },
    });

  async function factsOf(lead: string) {
    const facts = (await readTopic(run.databaseUrl, topics.leadAssignments)).filter(({ key }) => key === lead);
    expect(facts.map(({ envelope }) => envelope.sequence)).toEqual(facts.map((_, index) => index + 1));
    return facts.map(({ envelope: { type, data } }) => ({ type, data: data as LeadAssigned }));
  }
  const ownersOf = async (lead: string) => (await factsOf(lead)).map(({ data: { owner } }) => owner?.rep);

  it.each([
    ['before', true],
    ['after', false],
  ])('gives the survivor who had the absorbed lead, which ends %s the survivor is told', async (when, first) => {
    const [survivor, absorbed] = [`goes-on-${when}`, `ended-${when}`];
    await qualification.publish(changed(absorbed, 'mql', 'technical'));
    const end = stageAbsorbed(absorbed, { survivor, at: joinedAt });
    if (first) await qualification.publish(end);
    await qualification.publish(takenOver(survivor, absorbed, 'mql'), takenOver(survivor, absorbed, 'accepted'));
    if (!first) await qualification.publish(end);
    expect(await factsOf(survivor)).toMatchObject([
      { type: leadAssigned.type, data: { owner: { rep: 'eve' }, previous: null, decision: { by: 'lead-owner' } } },
    ]);
    expect(await factsOf(absorbed)).toMatchObject([
      { type: leadAssigned.type },
      { type: leadUnassigned.type, data: { at: joinedAt, previous: { rep: 'eve' }, why: 'absorbed' } },
    ]);
  });

  it('passes a survivor that had an owner on to who had come further with the absorbed lead', async () => {
    await qualification.publish(changed('own', 'mql', 'everyone'), changed('further', 'mql', 'technical'));
    await qualification.publish(stageAbsorbed('further', { survivor: 'own', at: joinedAt }));
    await qualification.publish(takenOver('own', 'further', 'accepted'));
    expect(await ownersOf('own')).toEqual(['ana', 'eve']);
    expect((await factsOf('own')).at(-1)?.data.previous).toMatchObject({ rep: 'ana' });
  });

  it('leaves a survivor its owner when the absorbed lead’s cannot have it', async () => {
    await qualification.publish(changed('stays', 'mql', 'everyone'), changed('on-leave', 'mql', 'technical'));
    expect((await run.request('POST', '/api/leads/on-leave/assign', { to: 'rep:gil' })).status).toBe(200);
    await qualification.publish(stageAbsorbed('on-leave', { survivor: 'stays', at: joinedAt }));
    await qualification.publish(takenOver('stays', 'on-leave', 'accepted'));
    expect(await ownersOf('stays')).toEqual(['ana']);
  });

  it('lets go of a lead without owner in silence, and gives nobody one that is gone', async () => {
    await qualification.publish(stageAbsorbed('never-owned', { survivor: 'other', at: joinedAt }));
    expect(await factsOf('never-owned')).toEqual([]);
    await qualification.publish(changed('gone', 'mql', 'everyone'));
    await qualification.publish(stageAbsorbed('gone', { survivor: 'other', at: joinedAt }));
    const refused = await run.request('POST', '/api/leads/gone/assign', { to: 'rep:eve' });
    expect([refused.status, ((await refused.json()) as { detail: string }).detail]).toEqual([
      404,
      'Lead gone goes on as another one; GET /api/leads/gone leads there.',
    ]);
  });
});
