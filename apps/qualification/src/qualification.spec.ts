import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import type { Publication } from '@baton/messaging/record';
import { openDatabase } from '@baton/persistence/open-database';
import { eventually } from '@baton/testing/eventually';
import { type Feed, feedAs } from '@baton/testing/feed';
import { activated, engaged, identified } from '@baton/testing/lead-facts';
import { runForTest, type TestRun } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { qualification } from './service.js';

const playbookFile = fileURLToPath(new URL('../test/playbook.yaml', import.meta.url));
const account = {
  domain: 'acme.example',
  freeMail: false,
  traits: { employees: { value: 100, at: '2026-03-01T08:00:00.000Z' } },
};

describe('qualification', () => {
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

  async function changesOf(lead: string): Promise<LeadStageChanged[]> {
    const facts = (await readTopic(run.databaseUrl, topics.leadStages)).filter(({ key }) => key === lead);
    expect(facts.map(({ envelope }) => envelope.sequence)).toEqual(facts.map((_, index) => index + 1));
    return facts
      .filter(({ envelope }) => envelope.type === 'baton.lead.stage-changed.v1')
      .map(({ envelope }) => envelope.data as LeadStageChanged);
  }

  async function becomeMql(lead: string): Promise<void> {
    await ingest.publish(
      identified(lead, { at: '2026-03-01T09:00:00.000Z', account }),
      engaged(lead, { name: 'Demo Requested' }, { at: '2026-03-01T10:00:00.000Z' }),
      engaged(lead, { page: { path: '/pricing' } }, { at: '2026-03-01T11:00:00.000Z' }),
    );
  }

  it('moves a lead by the criteria that held and says on what it was decided', async () => {
    await becomeMql('lead-criteria');
    const changes = await changesOf('lead-criteria');
    expect(changes.map(({ to }) => to)).toEqual(['lead', 'mql']);
    expect(changes[1]).toMatchObject({
      from: 'lead',
      via: 'two-proofs',
      at: '2026-03-01T11:00:00.000Z',
      cycle: 1,
      scores: { fit: 20, grade: 'A' },
      holds: { slas: ['day'], routing: ['all'] },
      playbook: { name: 'handlers', version: 1 },
      handoff: { open: [{ id: 'need', ask: 'What do they need?' }] },
    });
    expect(changes[1]?.signals.map(({ signal }) => signal)).toEqual(['pricing', 'demo']);
  });

  it('gives a late event its place and a repeated one no effect', async () => {
    const lead = 'lead-late';
    const demo = engaged(lead, { name: 'Demo Requested' }, { at: '2026-03-01T10:00:00.000Z' });
    await ingest.publish(identified(lead, { at: '2026-03-01T09:00:00.000Z', account }), demo, demo);
    await ingest.publish(engaged(lead, { page: { path: '/pricing' } }, { at: '2026-03-01T09:30:00.000Z' }));
    const [, mql] = await changesOf(lead);
    expect(mql).toMatchObject({ to: 'mql', at: '2026-03-01T10:00:00.000Z' });
    const explained = await (await run.request('GET', `/api/leads/${lead}/explanation`)).json();
    expect(explained).toMatchObject({ playbook: { name: 'handlers' }, scores: { fit: { value: 20 } } });
    expect((explained as { scores: { engagement: { ledger: unknown[] } } }).scores.engagement.ledger).toHaveLength(2);
  });

  it('tells forms which reasons there are, and after how long each lets a lead come back', async () => {
    const active = await (await run.request('GET', '/api/playbook')).json();
    expect(active).toMatchObject({
      reasons: [
        { id: 'later', label: 'Later', to: ['nurture'], wakeAfterSeconds: 1 },
        { id: 'size', label: 'Too small', to: ['disqualified'], wakeAfterSeconds: null },
      ],
    });
  });

  it('takes moves of people, with a reason where one is owed, and names the moves that are possible', async () => {
    const lead = 'lead-moves';
    await becomeMql(lead);
    const silent = await run.request('POST', `/api/leads/${lead}/stage`, { to: 'nurture' });
    expect(silent.status).toBe(422);
    expect(await silent.json()).toMatchObject({ errors: [{ path: '/body/reason' }] });
    const impossible = await run.request('POST', `/api/leads/${lead}/stage`, { to: 'customer' });
    expect(impossible.status).toBe(409);
    expect((await impossible.json()) as object).toMatchObject({
      possible: expect.arrayContaining(['accepted', 'nurture']),
    });
    const accepted = await run.request('POST', `/api/leads/${lead}/stage`, { to: 'accepted' });
    expect(accepted.status).toBe(200);
    expect(accepted.headers.get('baton-after')).toBeTruthy();
    const qualified = await run.request('POST', `/api/leads/${lead}/stage`, { to: 'sql', answers: { need: 'speed' } });
    expect(await qualified.json()).toMatchObject({ from: 'accepted', to: 'sql', via: 'need' });
    expect((await changesOf(lead)).map(({ to }) => to)).toEqual(['lead', 'mql', 'accepted', 'sql']);
  });

  it('takes back a move within ten minutes, by the one who made it', async () => {
    const lead = 'lead-undo';
    await becomeMql(lead);
    await run.request('POST', `/api/leads/${lead}/stage`, { to: 'accepted', rep: 'ana' });
    const stranger = await run.request('POST', `/api/leads/${lead}/undo`, { rep: 'ben' });
    expect(stranger.status).toBe(409);
    const undone = await run.request('POST', `/api/leads/${lead}/undo`, { rep: 'ana' });
    expect(await undone.json()).toMatchObject({ to: 'mql' });
  });

  it('tells behind which event people answered or took back, so that a replay can put it there', async () => {
    const lead = 'lead-behind';
    await becomeMql(lead);
    const { behind } = (await changesOf(lead)).at(-1)!;
    await run.request('PATCH', `/api/leads/${lead}/answers`, { answers: { need: 'speed' } });
    await run.request('POST', `/api/leads/${lead}/stage`, { to: 'accepted', rep: 'ana' });
    await run.request('POST', `/api/leads/${lead}/undo`, { rep: 'ana' });
    const facts = (await readTopic(run.databaseUrl, topics.leadStages)).filter(({ key }) => key === lead);
    const told = facts.filter(({ envelope }) => /answered|corrected/.test(envelope.type));
    expect(told.map(({ envelope }) => [envelope.type, (envelope.data as { behind: unknown }).behind])).toEqual([
      ['baton.lead.answered.v1', behind],
      ['baton.lead.corrected.v1', behind],
    ]);
  });

  it('wakes a recycled lead by timer, into its next cycle', async () => {
    const lead = 'lead-wakes';
    await becomeMql(lead);
    const aside = await run.request('POST', `/api/leads/${lead}/stage`, { to: 'nurture', reason: 'later' });
    expect(aside.status).toBe(200);
    const woken = await untilChange(lead, (change) => change.cycle === 2);
    expect(woken).toMatchObject({ from: 'nurture', to: 'lead', actor: { kind: 'system' } });
    expect(Date.parse(woken.decidedAt) - Date.parse(woken.at)).toBeLessThan(1000);
  });

  async function untilChange(lead: string, wanted: (change: LeadStageChanged) => boolean): Promise<LeadStageChanged> {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
      const found = (await changesOf(lead)).find(wanted);
      if (found) return found;
    }
    throw new Error(`lead ${lead} did not change as wanted within 10 s`);
  }

  it('answers 404 for a lead that is not there and 400 for a body that is not a move', async () => {
    expect((await run.request('POST', '/api/leads/nobody/stage', { to: 'mql' })).status).toBe(404);
    const odd = await run.request('POST', '/api/leads/nobody/stage', { to: 'somewhere', color: 1 });
    expect(odd.status).toBe(400);
    expect(await odd.json()).toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ path: '/body/to' })]),
    });
  });
});

describe('a stop while a computed time waits for reading that stands still', () => {
  it('does not wait with it', async () => {
    const run = await runForTest([qualification], { settings: { playbookFile } });
    const ingest = await openDatabase({ url: run.databaseUrl, schema: 'ingest' });
    const own = await openDatabase({ url: run.databaseUrl, schema: 'qualification' });
    const publish = (...facts: readonly Publication[]) =>
      run.transport.unitOfWork('ingest', ingest).run(() => Promise.resolve({ result: null, publish: facts }));
    await publish(identified('lead-aside', { at: '2026-03-01T09:00:00.000Z', account }));
    await run.settled();
    const aside = await run.request('POST', '/api/leads/lead-aside/stage', { to: 'nurture', reason: 'later' });
    expect(aside.status).toBe(200);
    await publish({
      ...activated({ name: 'handlers', version: 9, hash: 'nobody-has-it' }, '2026-03-01T09:00:00.000Z'),
      key: 'lead-aside',
    });
    await eventually('the lead is to wake', async () => {
      const due = await own.query('select from leads where due_at <= $1', [new Date()]);
      return due.length > 0;
    });
    await Promise.all([ingest.close(), own.close()]);
    const late = once(AbortSignal.timeout(7_500), 'abort').then(() => 'still running');
    expect(await Promise.race([run.stop().then(() => 'stopped'), late])).toBe('stopped');
  });
});
