import { type LeadAssigned, leadAssigned } from '@baton/contracts/lead-assignments';
import { leadAbsorbed } from '@baton/contracts/lead-events';
import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import type { LogRecord, Publication } from '@baton/messaging/record';
import { type Feed, feedAs } from '@baton/testing/feed';
import { inStep, interleavings } from '@baton/testing/interleavings';
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
    - { id: to-ana, to: "team:first" }
    - { id: to-ben, to: "team:second" }
    - { id: to-cem, to: "team:third" }
  fallback: "team:first"
`;

const team = (id: string, member: string) => ({
  id,
  calendar: 'always',
  members: [member],
  ownerOfLastResort: member,
});
const rep = (id: string) => ({ id, name: id, email: `${id}@example.com` });
const roster = {
  calendars: { always: { zone: 'UTC', hours: { 'mon-sun': ['00:00-24:00'] } } },
  teams: [team('first', 'ana'), team('second', 'ben'), team('third', 'cem')],
  reps: [...['ana', 'ben', 'cem'].map(rep), { ...rep('gil'), leave: [{ from: '2020-01-01', to: '2099-12-31' }] }],
};

const at = '2026-03-04T10:00:00.000Z';
const joinedAt = '2026-03-04T12:00:00.000Z';

/** What is told of each lead, in the order of its own partition; the partitions are read in any order. */
type Told = readonly (readonly Step[])[];
type Step = (id: (name: string) => string) => Publication;

const owned = (name: string, rule: string, to: LeadStageChanged['to'] = 'mql'): Step => {
  return (id) => stageChanged(id(name), { to, at, holds: { slas: [], routing: [rule] } });
};
/** A lead whose owner is not at work. */
const imported = (name: string, owner: string): Step => {
  return (id) => stageChanged(id(name), { to: 'mql', at, historic: true, owner });
};
const taken = (name: string, from: readonly string[], over: Partial<LeadStageChanged> = {}): Step => {
  return (id) => {
    const criteria = from.map((lead) => ({ id: 'merged', values: { lead: id(lead) } }));
    const holds = { slas: [], routing: ['to-cem'] };
    return stageChanged(id(name), { to: 'accepted', at, via: 'merged', criteria, holds, ...over });
  };
};
const ended = (name: string, survivor: string): Step => {
  return (id) => stageAbsorbed(id(name), { survivor: id(survivor), at: joinedAt });
};

const a = [owned('a', 'to-ana'), ended('a', 'b')];
const away = [imported('a', 'rep:gil'), ended('a', 'b')];
const chains: readonly { what: string; told: Told; owner: string }[] = [
  { what: 'a lead that is absorbed', told: [a, [taken('b', ['a'])]], owner: 'ana' },
  {
    what: 'a lead that is absorbed by an owned one',
    told: [a, [owned('b', 'to-ben'), taken('b', ['a'])]],
    owner: 'ana',
  },
  {
    what: 'a survivor that goes on meanwhile',
    told: [a, [taken('b', ['a']), owned('b', 'to-ben', 'sql'), owned('b', 'to-ben', 'opportunity')]],
    owner: 'ana',
  },
  {
    what: 'a survivor that is put aside meanwhile',
    told: [a, [taken('b', ['a']), (id) => stageChanged(id('b'), { from: 'accepted', to: 'nurture', at })]],
    owner: 'ana',
  },
  {
    what: 'a survivor that is told of the first lead before it is absorbed itself',
    told: [a, [taken('b', ['a']), ended('b', 'c')], [taken('c', ['b'])]],
    owner: 'ana',
  },
  {
    what: 'a survivor that was absorbed before it was given the first lead’s stage',
    told: [a, [ended('b', 'c')], [taken('c', ['a', 'b'])]],
    owner: 'ana',
  },
  {
    what: 'such a survivor with an owner of its own',
    told: [a, [owned('b', 'to-ben'), ended('b', 'c')], [owned('c', 'to-cem'), taken('c', ['a', 'b'])]],
    owner: 'ana',
  },
  {
    what: 'a survivor with an owner of its own, who stays as the first lead’s is away',
    told: [away, [owned('b', 'to-ben'), taken('b', ['a']), ended('b', 'c')], [taken('c', ['b'])]],
    owner: 'ben',
  },
  {
    what: 'such a survivor that was absorbed before it was given the first lead’s stage',
    told: [away, [owned('b', 'to-ben'), ended('b', 'c')], [taken('c', ['a', 'b'])]],
    owner: 'ben',
  },
  {
    what: 'two leads, the one that had come further behind the other',
    told: [a, [owned('d', 'to-ben'), ended('d', 'b')], [taken('b', ['a']), taken('b', ['d'], { to: 'opportunity' })]],
    owner: 'ben',
  },
];

describe('the owner of a survivor', () => {
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

  async function ownersAtLast(): Promise<Map<string, string | null>> {
    const facts = (await readTopic(run.databaseUrl, topics.leadAssignments)) as LogRecord<LeadAssigned>[];
    const owners = new Map<string, string | null>();
    const numbers = new Map<string, number>();
    for (const { key, envelope } of facts) {
      expect([key, envelope.sequence]).toEqual([key, (numbers.get(key) ?? 0) + 1]);
      numbers.set(key, envelope.sequence!);
      expect([key, envelope.data.previous?.rep ?? null]).toEqual([key, owners.get(key) ?? null]);
      owners.set(key, envelope.type === leadAssigned.type ? envelope.data.owner.rep : null);
    }
    return owners;
  }

  it.each(chains.map((chain, number) => ({ ...chain, number })))(
    'is the same in whatever order partitions are read: $what',
    async ({ told, owner, number }) => {
      const orders = [...interleavings(told)];
      const idIn = (order: number) => (name: string) => `${name}-${number}-${order}`;
      const facts = orders.map((order, index) => order.map((step) => step(idIn(index))));
      for (const together of inStep(facts)) await qualification.publish(...together);
      const owners = await ownersAtLast();
      const survivor = told.at(-1)!;
      const last = orders.map((_, index) => {
        const id = survivor[0]!(idIn(index)).key;
        return [id, owners.get(id)];
      });
      expect(last).toEqual(last.map(([id]) => [id, owner]));
      const gone = facts.flat().flatMap(({ key, type }) => (type === leadAbsorbed.type ? [key] : []));
      expect(gone.filter((id) => owners.get(id) != null)).toEqual([]);
    },
  );

  it('is the same when all partitions are read at the same time', async () => {
    const ids = Array.from({ length: 100 }, (_, number) => (name: string) => `${name}-at-once-${number}`);
    await qualification.publish(...ids.map(owned('a', 'to-ana')));
    const rest = [ended('a', 'b'), taken('b', ['a']), ended('b', 'c'), taken('c', ['b'])];
    await qualification.publish(...ids.flatMap((id) => rest.map((step) => step(id))));
    const owners = await ownersAtLast();
    expect(ids.filter((id) => owners.get(id('c')) !== 'ana').map((id) => id('c'))).toEqual([]);
  });

  it('is whom a person gives it to meanwhile', async () => {
    await qualification.publish(owned('own', 'to-ben')(String), taken('own', ['late'])(String));
    expect((await run.request('POST', '/api/leads/own/assign', { to: 'rep:cem' })).status).toBe(200);
    await qualification.publish(owned('late', 'to-ana')(String), ended('late', 'own')(String));
    expect((await ownersAtLast()).get('own')).toBe('cem');
  });
});
