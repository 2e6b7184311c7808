import { type Topic, topics } from '@baton/contracts/topics';
import { runForTest, type TestRun } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { services } from '../src/services.js';

const playbookFile = fileURLToPath(new URL('merged-playbook.yaml', import.meta.url));
const patience = 60_000;

const roster = {
  calendars: { always: { zone: 'UTC', hours: { 'mon-sun': ['00:00-24:00'] } } },
  teams: [{ id: 'inbound', calendar: 'always', members: ['ana', 'ben'], ownerOfLastResort: 'ana' }],
  reps: ['ana', 'ben'].map((id) => ({ id, name: id, email: `${id}@example.com` })),
};

interface Shown {
  readonly stage: string;
  readonly cycle: number;
  readonly since: string;
  readonly owner: { readonly rep: string | null } | null;
  readonly clocks: readonly { readonly state: string; readonly startedAt: string; readonly dueAt: string }[];
  readonly handoff: { readonly answers: Record<string, { value: unknown }> } | null;
}

/** An older lead with an e-mail and a younger one with a user id: who names both at once joins them into the older. */
interface Pair {
  readonly older: string;
  readonly younger: string;
}

describe('a lead that is absorbed by an older one', () => {
  let run: TestRun;

  beforeAll(async () => {
    run = await runForTest(services, { settings: { playbookFile } });
    expect((await run.request('PUT', '/api/roster', roster)).status).toBe(200);
  }, patience);

  afterAll(() => run?.stop());

  async function send(...batch: readonly object[]): Promise<void> {
    expect((await run.request('POST', '/v1/batch', { batch })).status).toBe(200);
    await run.settled();
  }

  async function command(lead: string, path: string, body: object): Promise<void> {
    const response = await run.request('POST', `/api/leads/${lead}${path}`, body);
    expect({ path, status: response.status, problem: response.ok ? null : await response.text() }).toMatchObject({
      problem: null,
    });
    await run.settled();
  }

  async function shown(lead: string): Promise<Shown> {
    return (await (await run.request('GET', `/api/leads/${lead}`)).json()) as Shown;
  }

  const asks = (who: object) => ({ type: 'track', event: 'Demo Requested', ...who });
  const emailOf = (name: string) => `${name}@old.example`;

  /** The leads of one person, not known to be one yet; `asking` says which of them asked for a demo. */
  async function aPair(name: string, asking: readonly ('older' | 'younger')[]): Promise<Pair> {
    const before = new Set(await leads());
    const [browser, email] = [`browser-of-${name}`, emailOf(name)];
    await send({ type: 'identify', anonymousId: browser, traits: { email } });
    if (asking.includes('older')) await send(asks({ anonymousId: browser }));
    const [older = ''] = (await leads()).filter((lead) => !before.has(lead));
    await send({ type: 'identify', userId: name, traits: { city: 'Rome' } });
    if (asking.includes('younger')) await send(asks({ userId: name }));
    const [younger = ''] = (await leads()).filter((lead) => !before.has(lead) && lead !== older);
    return { older, younger };
  }

  async function leads(): Promise<string[]> {
    const { items } = (await (await run.request('GET', '/api/leads?limit=200')).json()) as { items: { id: string }[] };
    return items.map(({ id }) => id);
  }

  const merge = (name: string) => send({ type: 'identify', userId: name, traits: { email: emailOf(name) } });

  async function factsOf(lead: string, topic: Topic): Promise<{ type: string; data: Record<string, unknown> }[]> {
    const facts = (await readTopic(run.databaseUrl, topic)).filter(({ key }) => key === lead);
    expect(facts.map(({ envelope }) => envelope.sequence ?? null)).toEqual(
      facts.map(({ envelope: { sequence } }, index) => (sequence === undefined ? null : index + 1)),
    );
    return facts.map(({ envelope: { type, data } }) => ({ type, data: data as Record<string, unknown> }));
  }

  async function inQueue(lead: string): Promise<number> {
    const { items } = (await (await run.request('GET', '/api/queue?limit=200')).json()) as {
      items: { lead?: { id: string }; id?: string }[];
    };
    return items.filter((item) => JSON.stringify(item).includes(lead)).length;
  }

  it(
    'hands over how far sales had come with it: stage, answers, owner, and the promise that was kept',
    async () => {
      const { older, younger } = await aPair('sold', ['younger']);
      await command(younger, '/assign', { to: (await shown(younger)).owner?.rep === 'ana' ? 'rep:ben' : 'rep:ana' });
      await command(younger, '/activities', { kind: 'call', direction: 'outbound', outcome: 'connected', rep: 'ana' });
      await command(younger, '/stage', { to: 'accepted' });
      await command(younger, '/stage', { to: 'sql', answers: { need: 'speed' } });
      const before = await shown(younger);
      expect(before).toMatchObject({ stage: 'sql', clocks: [{ state: 'met' }] });

      await merge('sold');
      const after = await shown(older);
      expect(after).toMatchObject({
        stage: 'sql',
        cycle: 1,
        since: before.since,
        owner: { rep: before.owner?.rep },
        clocks: [{ state: 'met', startedAt: before.clocks[0]?.startedAt, dueAt: before.clocks[0]?.dueAt }],
        handoff: { answers: { need: { value: 'speed' } } },
      });
      const scored = await (await run.request('GET', `/api/leads/${older}/explanation`)).json();
      expect(scored).toMatchObject({ scores: { engagement: { value: 30 } } });
    },
    patience,
  );

  it(
    'lets its owner go, and ends on every topic',
    async () => {
      const { younger } = await aPair('free', ['younger']);
      const { owner } = await shown(younger);
      await merge('free');
      const assignments = await factsOf(younger, topics.leadAssignments);
      expect(assignments.map(({ type }) => type)).toEqual(['baton.lead.assigned.v1', 'baton.lead.unassigned.v1']);
      expect(assignments.at(-1)?.data).toMatchObject({ why: 'absorbed', previous: { rep: owner?.rep } });
      expect((await factsOf(younger, topics.leadStages)).at(-1)?.type).toBe('baton.lead.absorbed.v1');
      expect((await factsOf(younger, topics.leadSnapshots)).at(-1)?.data).toBeNull();
      const refused = await run.request('POST', `/api/leads/${younger}/assign`, { to: 'rep:ana' });
      expect(refused.status).toBe(404);
    },
    patience,
  );

  it(
    'has its running clock cancelled, and the promise runs on, from when it was made, for the lead that goes on',
    async () => {
      const { older, younger } = await aPair('due', ['younger']);
      const [clock] = (await shown(younger)).clocks;
      expect(clock).toMatchObject({ state: 'running' });
      await merge('due');
      const ended = await factsOf(younger, topics.slaClocks);
      expect(ended.map(({ type }) => type)).toEqual(['baton.clock.started.v1', 'baton.clock.cancelled.v1']);
      expect(ended.at(-1)?.data).toMatchObject({ why: 'absorbed', clock: { state: 'cancelled', breachedAt: null } });
      expect(await shown(older)).toMatchObject({
        stage: 'mql',
        clocks: [{ state: 'running', startedAt: clock?.startedAt, dueAt: clock?.dueAt }],
      });
      expect(await inQueue(older)).toBe(1);
      expect(await inQueue(younger)).toBe(0);
      const redirected = await run.request('GET', `/api/leads/${younger}`);
      expect([redirected.status, redirected.headers.get('location')]).toEqual([308, `/api/leads/${older}`]);
    },
    patience,
  );

  it(
    'of which both are worked on leaves one stage, one owner and one clock: those of whoever had come further',
    async () => {
      const { older, younger } = await aPair('both', ['older', 'younger']);
      const [first, second] = [await shown(older), await shown(younger)];
      if (first.owner?.rep === second.owner?.rep)
        await command(younger, '/assign', { to: first.owner?.rep === 'ana' ? 'rep:ben' : 'rep:ana' });
      const { owner } = await shown(younger);
      await command(younger, '/stage', { to: 'accepted' });
      await merge('both');
      const after = await shown(older);
      expect(after).toMatchObject({ stage: 'accepted', cycle: 1, owner: { rep: owner?.rep } });
      expect(after.clocks).toMatchObject([{ state: 'running', startedAt: first.clocks[0]?.startedAt }]);
      const changes = (await factsOf(older, topics.leadStages)).flatMap(({ data }) => data['to'] ?? []);
      expect(changes).toEqual(['lead', 'mql', 'accepted']);
    },
    patience,
  );

  it(
    'leaves the lead that goes on where it is when that has come further',
    async () => {
      const { older, younger } = await aPair('kept', ['older', 'younger']);
      await command(older, '/stage', { to: 'accepted' });
      const before = await shown(older);
      await merge('kept');
      const { stage, since, owner } = await shown(older);
      expect({ stage, since, owner }).toEqual({ stage: before.stage, since: before.since, owner: before.owner });
      expect((await factsOf(younger, topics.leadAssignments)).at(-1)?.data).toMatchObject({ why: 'absorbed' });
    },
    patience,
  );

  it(
    'that is open reopens one that was put aside, in its next cycle',
    async () => {
      const { older } = await aPair('again', ['older', 'younger']);
      await command(older, '/stage', { to: 'nurture', reason: 'later' });
      await merge('again');
      expect(await shown(older)).toMatchObject({ stage: 'mql', cycle: 2 });
    },
    patience,
  );

  it(
    'stays put aside when the one that goes on was never worked on',
    async () => {
      const { older, younger } = await aPair('no', []);
      await command(younger, '/stage', { to: 'disqualified', reason: 'no' });
      await merge('no');
      expect(await shown(older)).toMatchObject({ stage: 'disqualified', cycle: 1 });
    },
    patience,
  );

  it(
    'is counted once in the reports',
    async () => {
      const funnel = async () => {
        const response = await run.request('GET', '/api/reports/funnel');
        const { groups } = (await response.json()) as {
          groups: { stages: { stage: string; reached: number }[] }[];
        };
        return Object.fromEntries((groups[0]?.stages ?? []).map(({ stage, reached }) => [stage, reached]));
      };
      const before = await funnel();
      const { younger } = await aPair('once', ['older', 'younger']);
      await command(younger, '/stage', { to: 'sql', answers: { need: 'speed' } });
      await merge('once');
      const after = await funnel();
      expect([after['lead'], after['mql'], after['sql']]).toEqual(
        ['lead', 'mql', 'sql'].map((stage) => (before[stage] ?? 0) + 1),
      );
    },
    patience,
  );
});
