import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '@baton/testing/database';
import type { LeadScored } from '@baton/contracts/lead-scores';
import type { LogRecord } from '@baton/messaging/record';
import { readLeads } from '../src/lead-store.js';
import { leadDetail, queueItem } from '../src/lead-view.js';
import { readModels } from '../src/migrations/0001-read-models.js';
import { survivorOf } from '../src/profile-store.js';
import { readQueue } from '../src/queue-store.js';
import { recordScores } from '../src/record-scores.js';
import { readTimeline } from '../src/timeline-store.js';
import {
  absorbed,
  activity,
  answered,
  assigned,
  clocked,
  corrected,
  engaged,
  erased,
  identified,
  merged,
  moved,
  scored,
} from './facts.js';
import { foldAll, handle, logged } from './fold-facts.js';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase('reporting', [readModels]);
});
afterAll(() => database.drop());

const at = (time: string): string => `2026-03-02T${time}:00.000Z`;
const handoff = {
  source: 'google',
  campaign: 'spring',
  reasons: ['Asked for a demo (+30)'],
  signals: [],
  pages: [],
  forms: [],
  answers: { budget: { value: 'approved', at: at('09:00'), by: 'lead' as const } },
  open: [
    { id: 'problem', ask: 'What problem?' },
    { id: 'timelineDays', ask: 'When?' },
  ],
  nextStep: 'Discovery call',
};

async function detail(lead: string) {
  const [row] = await readLeads(database, [lead]);
  if (!row) throw new Error(`nothing is known of ${lead}`);
  return leadDetail(row);
}

const titles = async (lead: string) =>
  (await readTimeline(database, { lead, limit: 50 })).map(({ kind, title }) => `${kind}: ${title}`);

/** Resolves when a transaction waits for another one's advisory lock. */
async function somebodyWaits(): Promise<void> {
  for (const deadline = Date.now() + 5_000; Date.now() < deadline;) {
    const waiting = await database.query(`select from pg_locks where locktype = 'advisory' and not granted`);
    if (waiting.length > 0) return;
  }
  throw new Error('Nobody waited within 5 s');
}

describe('the read models', () => {
  it('show a lead from the first page to the first touch', async () => {
    await foldAll(database, [
      engaged('kim', at('09:00'), {
        page: { path: '/pricing', title: 'Pricing' },
        campaign: { name: 'spring', source: 'google', medium: 'cpc' },
      }),
      identified('kim', {
        at: at('09:01'),
        email: 'kim@acme.io',
        userId: 'u1',
        traits: { name: 'Kim Lee', title: 'VP' },
        account: { domain: 'acme.io', freeMail: false, traits: { employees: { value: 220, at: at('09:01') } } },
      }),
      engaged('kim', at('09:02'), { type: 'track', name: 'Form Submitted', properties: { form: 'demo' } }),
      activity('kim', at('09:10'), { outcome: 'no-answer' }),
      activity('kim', at('09:20')),
      scored(
        'kim',
        { at: at('09:02'), fit: 40.004, engagement: 25.1249, total: 65.1289, grade: 'B' },
        { persona: 'technical' },
      ),
      moved('kim', { from: 'visitor', to: 'lead', at: at('09:01') }),
      moved('kim', {
        from: 'lead',
        to: 'mql',
        at: at('09:02'),
        via: 'two-high',
        handoff,
        signals: [
          {
            signal: 'demo-request',
            title: 'Asked for a demo',
            intent: 'high',
            at: at('09:02'),
            event: 'web:1',
            offer: 'demo',
          },
        ],
      }),
      answered('kim', at('09:25'), { problem: { value: 'slow reports', at: at('09:25'), by: 'person' } }),
      assigned('kim', { at: at('09:02') }),
      clocked('kim', { startedAt: at('09:02'), dueAt: at('09:07') }),
      clocked(
        'kim',
        { startedAt: at('09:02'), dueAt: at('09:07'), state: 'met', metAt: at('09:20') },
        'baton.clock.met.v1',
      ),
    ]);
    expect(await detail('kim')).toMatchObject({
      id: 'kim',
      email: 'kim@acme.io',
      name: 'Kim Lee',
      company: 'acme.io',
      persona: 'technical',
      stage: 'mql',
      cycle: 1,
      since: at('09:02'),
      scores: { fit: 40, engagement: 25.12, total: 65.13, grade: 'B', asOf: at('09:02') },
      owner: { rep: 'ana', team: 'inbound', since: at('09:02') },
      traits: { name: 'Kim Lee', title: 'VP' },
      account: { domain: 'acme.io', employees: 220 },
      clocks: [{ id: 'kim:1', sla: 'hot', state: 'met', metAt: at('09:20'), breachedAt: null }],
      handoff: {
        nextStep: 'Discovery call',
        answers: { budget: { value: 'approved' }, problem: { value: 'slow reports' } },
        open: [{ id: 'timelineDays' }],
      },
    });
    expect(await titles('kim')).toEqual([
      'answer: Answered: problem',
      'touch: Call: connected',
      'attempt: Call: no-answer',
      'stage: Lead → MQL',
      'score: Score 65, grade B',
      'signal: Asked for a demo',
      'event: Form Submitted',
      'clock: Clock hot: met',
      'clock: Clock hot: started',
      'assignment: Assigned to ana',
      'stage: Visitor → Lead',
      'event: Viewed Pricing',
    ]);
  });

  it('go back to where a lead stood when a move is taken back', async () => {
    await foldAll(database, [
      identified('una', { at: at('09:00'), email: 'una@x.io' }),
      moved('una', { from: 'visitor', to: 'lead', at: at('09:00') }),
      moved('una', { from: 'lead', to: 'mql', at: at('09:10') }),
      moved('una', { from: 'mql', to: 'nurture', at: at('09:20'), reason: 'bad-timing' }, 'una-aside'),
      corrected('una', { corrects: 'una-aside', stage: 'mql', kind: 'undone', at: at('09:25') }),
    ]);
    expect(await detail('una')).toMatchObject({ stage: 'mql', since: at('09:10'), cycle: 1 });
  });

  it('take back a whole cycle with the move that began it', async () => {
    await foldAll(database, [
      moved('ulf', { from: 'visitor', to: 'lead', at: at('09:00') }),
      moved('ulf', { from: 'lead', to: 'nurture', at: at('09:10'), reason: 'bad-timing' }),
      moved('ulf', { from: 'nurture', to: 'lead', at: at('09:20'), cycle: 2 }, 'ulf-back'),
      corrected('ulf', { corrects: 'ulf-back', stage: 'nurture', kind: 'undone', at: at('09:21') }),
    ]);
    expect(await detail('ulf')).toMatchObject({ stage: 'nurture', cycle: 1 });
    expect(await database.query(`select cycle from cycles where lead = 'ulf'`)).toEqual([{ cycle: 1 }]);
  });

  it('stand where imported history ends, in whatever order it came', async () => {
    const history = [
      moved('ida', { from: 'visitor', to: 'lead', at: at('09:00'), historic: true }),
      moved('ida', { from: 'lead', to: 'mql', at: at('10:00'), historic: true }),
      moved('ida', { from: 'mql', to: 'customer', at: at('11:00'), historic: true }),
    ];
    await foldAll(database, history.toReversed());
    expect(await detail('ida')).toMatchObject({ stage: 'customer', since: at('11:00'), historic: true });
  });

  it('date a stage anew when history brings an earlier time', async () => {
    await foldAll(database, [
      moved('rea', { from: 'lead', to: 'mql', at: at('10:00'), historic: true }, 'rea-mql'),
      corrected('rea', { corrects: 'rea-mql', stage: 'mql', kind: 're-dated', at: at('08:00') }),
    ]);
    expect(await database.query<{ at: Date }>(`select mql_at as at from cycles where lead = 'rea'`)).toEqual([
      { at: new Date(at('08:00')) },
    ]);
  });

  it('let a person overrule what a lead told, and never the other way round', async () => {
    await foldAll(database, [
      identified('pia', { at: at('09:00') }),
      answered('pia', at('09:10'), { budget: { value: 'none', at: at('09:10'), by: 'person' } }),
      answered('pia', at('09:20'), { budget: { value: 'approved', at: at('09:20'), by: 'lead' } }),
    ]);
    expect((await detail('pia')).answers).toEqual({ budget: { value: 'none', at: at('09:10'), by: 'person' } });
  });

  it('name the fallback queue as owner from mql on until routing has decided', async () => {
    await database.query(
      `insert into playbooks (name, version, fallback, benchmarks) values ('starter', 1, 'team:inbound', '{}')`,
    );
    await foldAll(database, [
      identified('fay', { at: at('09:00') }),
      moved('fay', { from: 'visitor', to: 'lead', at: at('09:00') }),
    ]);
    expect((await detail('fay')).owner).toBeNull();
    await foldAll(database, [moved('fay', { from: 'lead', to: 'mql', at: at('09:30') })]);
    expect((await detail('fay')).owner).toEqual({ rep: null, team: 'inbound', since: at('09:30') });
    const queue = await readQueue(database, { owners: ['team:inbound'], limit: 50 });
    expect(queue.map(({ lead }) => lead)).toContain('fay');
  });

  it('send readers of an absorbed lead to its survivor, and forget an erased one whatever still arrives', async () => {
    await foldAll(database, [
      identified('old', { at: at('09:00') }),
      absorbed('old', at('09:30'), 'mid'),
      absorbed('mid', at('09:40'), 'new'),
      merged('new', at('09:40'), 'mid'),
      identified('gone', { at: at('09:00'), email: 'gone@x.io' }),
      scored('gone', { at: at('09:00') }),
      erased('gone', at('09:45')),
    ]);
    await foldAll(database, [
      scored('gone', { at: at('09:50') }),
      moved('gone', { from: 'visitor', to: 'lead', at: at('09:50') }),
    ]);
    expect(await survivorOf(database, 'old')).toBe('new');
    expect(await survivorOf(database, 'gone')).toBeNull();
    expect(await survivorOf(database, 'new')).toBeUndefined();
    expect(await readLeads(database, ['gone', 'old', 'mid'])).toEqual([]);
    expect(await titles('gone')).toEqual([]);
  });

  it('end the snapshots of a lead that is absorbed, and forget who it was absorbed by once it is erased', async () => {
    await foldAll(database, [identified('ivy', { at: at('09:00') })]);
    const absorbing = await handle(database, logged([absorbed('ivy', at('09:30'), 'joy')]));
    expect(absorbing.published).toMatchObject([{ key: 'ivy', sequence: 2, data: null }]);
    const erasing = await handle(database, logged([erased('ivy', at('09:40'))]));
    expect(erasing.published).toMatchObject([{ key: 'ivy', sequence: 3, data: null, time: at('09:40') }]);
    expect(await survivorOf(database, 'ivy')).toBeNull();
  });

  it('keep nothing of a lead whose facts of another topic are written while it is erased', async () => {
    await foldAll(database, [identified('ray', { at: at('09:00') })]);
    const records = logged([scored('ray', { at: at('09:10') })]) as LogRecord<LeadScored>[];
    let erasing: Promise<unknown> = Promise.resolve();
    await database.transaction(async (sql) => {
      await recordScores({ topic: 'lead.scores', records }, sql);
      erasing = handle(database, logged([erased('ray', at('09:20'))]));
      await somebodyWaits();
    });
    await erasing;
    expect(await database.query(`select lead from scores where lead = 'ray'`)).toEqual([]);
  });

  it('write no line for a score that did not move by a whole point', async () => {
    const previous = { fit: 20, engagement: 10.2, total: 30.2, grade: 'C', asOf: at('09:00') } as const;
    await foldAll(database, [
      scored('sue', { at: at('09:10'), engagement: 10.1, total: 30.1 }, { previous }),
      scored('sue', { at: at('09:20'), engagement: 20, total: 40 }, { previous }),
    ]);
    expect(await titles('sue')).toEqual(['score: Score 30 → 40, grade C']);
  });
});

describe('snapshots', () => {
  it('are published once per changed lead and batch, numbered without a gap, and not for a score alone', async () => {
    const records = logged([
      identified('ned', { at: at('09:00'), email: 'ned@x.io', traits: { title: 'VP' } }),
      identified('ned', { at: at('09:01'), traits: { city: 'Rome' } }),
      engaged('ned', at('09:02'), {}),
    ]);
    const first = await handle(database, records);
    expect(first.published).toHaveLength(1);
    expect(first.published[0]).toMatchObject({
      key: 'ned',
      sequence: 1,
      data: { email: 'ned@x.io', stage: 'lead', traits: { city: 'Rome' } },
    });

    const score = await handle(database, logged([scored('ned', { at: at('09:03') })]));
    expect(score.published).toEqual([]);
    const persona = await handle(database, logged([scored('ned', { at: at('09:04') }, { persona: 'technical' })]));
    expect(persona.published[0]).toMatchObject({ sequence: 2, data: { persona: 'technical', scores: { total: 30 } } });
    const stage = await handle(database, logged([moved('ned', { from: 'lead', to: 'mql', at: at('09:05') })]));
    expect(stage.published[0]).toMatchObject({
      sequence: 3,
      data: { stage: 'mql', playbook: { name: 'starter', version: 1, hash: 'ab12' } },
    });
  });

  it('are not published for events that only add to the timeline', async () => {
    const { published } = await handle(
      database,
      logged([engaged('ned', at('10:00'), {}), activity('ned', at('10:01'))]),
    );
    expect(published).toEqual([]);
  });
});

describe('the queue', () => {
  it('lists open work by due time, then score, and imported history last', async () => {
    await foldAll(database, [
      ...['q-late', 'q-soon', 'q-high', 'q-low', 'q-met', 'q-old'].map((lead) => identified(lead, { at: at('08:00') })),
      ...['q-late', 'q-soon', 'q-high', 'q-low', 'q-met'].map((lead) =>
        moved(lead, { from: 'lead', to: 'mql', at: at('09:00'), via: 'two-high' }),
      ),
      moved('q-old', { from: 'lead', to: 'mql', at: at('07:00'), historic: true }),
      moved('q-aside', { from: 'lead', to: 'nurture', at: at('07:00'), reason: 'bad-timing' }),
      ...['q-late', 'q-soon', 'q-high', 'q-low', 'q-met', 'q-old', 'q-aside'].map((lead) =>
        assigned(lead, { at: at('09:00'), owner: { rep: 'queue', team: 'inbound' } }),
      ),
      scored('q-high', { at: at('09:00'), total: 80 }),
      scored('q-low', { at: at('09:00'), total: 20 }),
      scored('q-met', { at: at('09:00'), total: 50 }),
      clocked('q-late', { startedAt: at('09:00'), dueAt: at('09:05'), state: 'breached', breachedAt: at('09:05') }),
      clocked('q-soon', { startedAt: at('09:00'), dueAt: at('09:30') }),
      clocked('q-met', { startedAt: at('09:00'), dueAt: at('09:01'), state: 'met', metAt: at('09:01') }),
      clocked('q-old', { startedAt: at('07:00'), dueAt: at('07:05'), state: 'breached', breachedAt: at('07:05') }),
    ]);
    const all = await readQueue(database, { owners: ['rep:queue'], limit: 50 });
    expect(all.map(({ lead }) => lead)).toEqual(['q-late', 'q-soon', 'q-high', 'q-met', 'q-low', 'q-old']);
    const pages: string[] = [];
    for (let after = undefined as (typeof all)[number]['place'] | undefined; ;) {
      const page = await readQueue(database, { owners: ['rep:queue'], after, limit: 1 });
      if (page.length === 0) break;
      pages.push(...page.map(({ lead }) => lead));
      after = page.at(-1)?.place;
    }
    expect(pages).toEqual(all.map(({ lead }) => lead));
    const [row] = await readLeads(database, ['q-soon']);
    expect(row && queueItem(row)).toMatchObject({
      lead: { id: 'q-soon' },
      stage: 'mql',
      reason: 'two-high',
      clock: { state: 'running', dueAt: at('09:30') },
    });
  });
});
