import { describe, expect, it } from '@jest/globals';
import { day, foldAll, hour, identified, imported, outcome, start, tracked } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import { advanceLead } from './advance-lead.js';
import { answerLead } from './answer-lead.js';
import { type Fold, isRejection, type Rejection } from './fold.js';
import type { LeadState } from './lead-state.js';
import type { MoveCommand } from './move-command.js';
import { moveLead } from './move-lead.js';

const playbook = aPlaybook({
  mql: '{ enter: [ { id: both, by: [sales], when: "score.engagement >= 30 && lead.title == \'CTO\'" } ], exit: [ { id: cold, when: "score.engagement < 10", to: nurture, reason: later } ] }',
  sql: '{ enter: [ { id: asked, by: [sales], from: [mql, accepted], when: "answers.need != \'\'" } ] }',
  engagement: '{ halfLife: 1d, rules: [ { id: hi, signal: hi, points: 20, times: 5 } ] }',
  checklist:
    '[ { id: need, ask: "?", type: text, required: true }, { id: size, ask: "?", type: number, required: true } ]',
});
const now = start + hour;

const lead = foldAll(playbook, [identified({ at: start, id: 'i' })]).state;
const hot = foldAll(playbook, [
  identified({ at: start, id: 'i' }, { title: 'CTO' }),
  tracked({ at: start + 1, id: 'a' }, 'Hi'),
  tracked({ at: start + 2, id: 'b' }, 'Hi'),
]).state;

function ask(state: LeadState, command: Partial<MoveCommand> & Pick<MoveCommand, 'to'>, at = now): Fold | Rejection {
  return moveLead(playbook, state, { by: 'sales', actorId: 'ana', ...command }, at);
}

function accepted(result: Fold | Rejection): Fold {
  if (isRejection(result)) throw new Error(`${result.rejected}: ${result.detail}`);
  return result;
}

describe('a command that is refused says in full', () => {
  it.each([
    [{ to: 'accepted' }, 'not-possible', 'There is no move from lead to accepted in this cycle.', []],
    [
      { to: 'mql' },
      'criteria-not-met',
      'No entry rule of mql holds: engagement 0 of 30; lead.title must be CTO (not known).',
      ['engagement 0 of 30', 'lead.title must be CTO (not known)'],
    ],
    [{ to: 'mql', by: 'marketing' }, 'not-allowed', 'The playbook does not let marketing move a lead to mql.', []],
    [
      { to: 'nurture', answers: { shoe: 1, hat: 2 }, reason: 'later' },
      'invalid-answers',
      'The checklist has no shoe, hat.',
      ['shoe', 'hat'],
    ],
  ] as const)('why %j is', (command, rejected, detail, names) => {
    expect(ask(lead, command)).toMatchObject({ rejected, detail, names });
  });

  it('which answers a move still needs, of a person and of the CRM, not of the system', () => {
    const mql = accepted(ask(hot, { to: 'mql' })).state;
    expect(ask(mql, { to: 'sql' })).toMatchObject({
      rejected: 'missing-answers',
      detail: 'Moving to sql needs answers to need, size.',
    });
    const open = aPlaybook({
      sql: '{ by: [sales, crm, system] }',
      checklist: '[ { id: need, ask: "?", type: text, required: true } ]',
    });
    const results = (['sales', 'crm', 'system'] as const).map((by) =>
      moveLead(open, lead, { to: 'sql', by, actorId: 'ana' }, now),
    );
    expect(results.map(isRejection)).toEqual([true, true, false]);
  });

  it('whose move it is before what it lacks, and lets no reviewer pass what is not under review', () => {
    const strict = aPlaybook({
      mql: `{ enter: [ { id: fits, by: [sales], when: "score.fit >= 20" } ], requires: [amount], review: { when: "lead.source == 'fair'", by: [marketing] } }`,
      reasons:
        '[ { id: later, label: Later, to: [nurture], wakeAfter: 9d }, { id: never, label: Never, to: [nurture], wakeAfter: 9d } ]',
    });
    const move = (source: string, command: Partial<MoveCommand>) => {
      const { state } = foldAll(strict, [identified({ at: start, id: 'i' }, { source }, { employees: 60 })]);
      return moveLead(strict, state, { to: 'mql', by: 'marketing', actorId: 'max', ...command }, now);
    };
    expect(move('web', {})).toMatchObject({ rejected: 'not-allowed' });
    expect(move('web', { amount: 1 })).toMatchObject({ rejected: 'not-allowed' });
    expect(move('fair', {})).toMatchObject({ rejected: 'missing-fields' });
    expect(move('fair', { amount: 1 })).toMatchObject({ state: { stage: 'mql' } });
    expect(move('web', { to: 'nurture' })).toMatchObject({
      detail: 'A reason is required; give one of: later, never.',
    });
  });

  it('which questions there are', () => {
    const command = { answers: { shoe: 1, hat: 2 }, by: 'sales', actorId: 'ana' } as const;
    expect(answerLead(playbook, lead, command, now)).toEqual({
      rejected: 'invalid-answers',
      detail: 'The checklist has no shoe, hat; it asks for need, size.',
      names: ['shoe', 'hat'],
      possible: ['mql', 'sql', 'nurture', 'disqualified'],
    });
  });

  it('nothing of a lead that is gone but that it can go nowhere', () => {
    const gone: LeadState = { ...lead, gone: 'erased' };
    expect(isRejection(ask(gone, { to: 'nurture', reason: 'later' }))).toBe(true);
    expect(isRejection(answerLead(playbook, gone, { answers: {}, by: 'sales', actorId: 'ana' }, now))).toBe(true);
    expect(advanceLead(playbook, gone, now).state).toBe(gone);
  });
});

describe('a command that is taken', () => {
  it('tells who answered what, and tells nothing where nothing was', () => {
    const { answered, state } = accepted(
      answerLead(playbook, lead, { answers: { need: 'speed', size: 'many' }, by: 'manager', actorId: 'sam' }, now),
    );
    const need = { value: 'speed', at: now, event: 'person:sam', by: 'person' };
    expect(answered).toEqual({ cycle: 1, answers: { need }, actor: { kind: 'manager', id: 'sam' }, at: now });
    expect(state.evidence.besides).toMatchObject({ size: { value: 'many' } });
    const untold = answerLead(playbook, lead, { answers: { size: 'many' }, by: 'sales', actorId: 'ana' }, now);
    expect(accepted(untold).answered).toBeNull();
  });

  it('carries a reason only aside or back, and no empty notes', () => {
    const forward = accepted(ask(hot, { to: 'mql', reason: 'later' })).changes[0]!;
    for (const name of ['reason', 'note', 'followUp', 'amount', 'closeDate', 'wakeAt'])
      expect(Object.hasOwn(forward, name)).toBe(false);
    const aside = accepted(ask(hot, { to: 'nurture', reason: 'later' }));
    expect(aside.changes[0]).toMatchObject({ reason: 'later' });
    const back = accepted(ask(aside.state, { to: 'lead', reason: 'called back' }, now + hour));
    expect(back.changes[0]).toMatchObject({ to: 'lead', reason: 'called back' });
    expect(Object.hasOwn(accepted(ask(aside.state, { to: 'lead' }, now + hour)).changes[0]!, 'reason')).toBe(false);
  });

  it('stores nothing, takes nothing back and is never late', () => {
    expect(ask(hot, { to: 'mql' })).toMatchObject({ newOccurrences: [], revoked: [], late: false });
  });

  it('begins the next cycle behind the signals of its own millisecond that are no longer kept', () => {
    const aside = accepted(ask(lead, { to: 'nurture', reason: 'later' }, start)).state;
    const events = ['a', 'b', 'c'].map((id) => tracked({ at: now, id }, 'Lo'));
    const { state } = foldAll(playbook, events, { state: aside, stored: [], folds: [] });
    const back = accepted(ask(state, { to: 'lead' }));
    expect(back.changes).toMatchObject([{ to: 'lead', cycle: 2, cycleStart: { at: now + 1 } }]);
    expect(back.state.evidence.signals).toMatchObject({ lo: { count: 0 } });
  });

  it('comes behind a computed time of its own millisecond', () => {
    const mql = accepted(ask(hot, { to: 'mql' })).state;
    const due = mql.due!;
    expect(ask(mql, { to: 'accepted' }, due - 1)).toMatchObject({ state: { stage: 'accepted' } });
    expect(ask(mql, { to: 'accepted' }, due)).toMatchObject({ rejected: 'not-possible' });
  });
});

describe('history that is imported', () => {
  const told = (at: number, id: string) => ({ at: start + at * day, id });

  it('says what there is instead of a stage that it does not know', () => {
    const kept = foldAll(playbook, [imported(told(0, 'a'), 'customre')]);
    expect(kept.folds[0]!.notApplied).toMatchObject([
      {
        outcome: 'customre',
        why: 'There is no stage "customre"; use one of lead, mql, accepted, sql, opportunity, customer, nurture, disqualified, lost.',
      },
    ]);
    expect(kept.state.stage).toBe('lead');
    const visitor = foldAll(playbook, [imported(told(0, 'a'), 'visitor')]);
    expect(visitor.folds[0]!.notApplied[0]?.why).toMatch(/no stage "visitor"/);
  });

  it('corrects nothing when a row comes again, and tells of nothing that did not apply', () => {
    const row = imported(told(1, 'a'), 'nurture');
    const kept = foldAll(playbook, [row, { ...row, eventId: 'b' }, identified({ ...told(0, 'i'), historic: true })]);
    expect(kept.folds.map(({ notApplied }) => notApplied)).toEqual([[], [], []]);
    expect(kept.folds.map(({ corrected }) => corrected.map(({ stage }) => stage))).toEqual([[], [], ['lead']]);
    expect(kept.state).toMatchObject({ aside: { reason: '' }, evidence: { leadTime: start + day } });
    expect(kept.state.deal).toEqual({});
  });

  it('names its criterion, its owner and its reason, each only where it was told', () => {
    const kept = foldAll(playbook, [
      imported(told(0, 'a'), 'mql', { owner: 'rep:ana' }),
      imported(told(1, 'b'), 'disqualified', { reason: 'no' }),
    ]);
    expect(kept.folds.map(({ notApplied }) => notApplied)).toEqual([[], []]);
    expect(kept.state.entered).toStrictEqual([
      { stage: 'lead', at: start, change: 1 },
      { stage: 'mql', at: start, change: 2 },
      { stage: 'disqualified', at: start + day, change: 3, reason: 'no' },
    ]);
    expect(kept.state).toMatchObject({ deal: {}, waitingExits: [] });
    const [first, second, third] = kept.folds.flatMap(({ changes }) => changes);
    expect(first).toMatchObject({ to: 'lead', from: 'visitor' });
    expect(second).toMatchObject({
      to: 'mql',
      owner: 'rep:ana',
      via: 'imported',
      criteria: [{ id: 'imported', values: {} }],
    });
    expect(third).toMatchObject({ to: 'disqualified', reason: 'no' });
    expect(Object.hasOwn(second!, 'reason')).toBe(false);
    expect(Object.hasOwn(third!, 'owner')).toBe(false);
  });

  it('takes an outcome of the CRM as a stage, an update as none', () => {
    const kept = foldAll(playbook, [
      outcome({ ...told(0, 'a'), historic: true }, 'updated', { amount: 7 }),
      outcome({ ...told(1, 'b'), historic: true }, 'lost', { reason: 'no' }),
    ]);
    expect(kept.folds.flatMap(({ changes }) => changes.map(({ to }) => to))).toEqual(['lead', 'lost']);
    expect(kept.folds[1]!.changes[0]).toMatchObject({ reason: 'no', amount: 7 });
  });

  it('stands where it went last, stages of one moment in their own order', () => {
    const rows = [imported(told(0, 'b'), 'sql'), imported(told(0, 'a'), 'mql')];
    for (const order of [rows, rows.toReversed()]) {
      const { state } = foldAll(playbook, order);
      expect(state.stage).toBe('sql');
      expect(state.entered.map(({ stage }) => stage)).toEqual(['lead', 'mql', 'sql']);
    }
  });
});
