import { describe, expect, it } from '@jest/globals';
import { day, foldAll, hour, identified, keepFold, type Kept, outcome, start, tracked } from '../../test/lead-log.js';
import { aPlaybook, playbookText } from '../../test/playbook-text.js';
import { compilePlaybook } from '../playbook/compile-playbook.js';
import type { Playbook } from '../playbook/definition.js';
import { isRejection } from './fold.js';
import { foldLead } from './fold-lead.js';
import { moveLead } from './move-lead.js';

const points = '{ enter: [ { id: points, when: "score.engagement >= 20" } ] }';
const playbook = aPlaybook({ mql: points });
const mapped = aPlaybook({
  mql: points,
  reasons:
    '[ { id: later, label: Later, to: [nurture], wakeAfter: 10d }, { id: rival, label: Rival, to: [lost], wakeAfter: 90d, crm: [Lost to a competitor] } ]',
});
const mql = foldAll(playbook, [identified({ at: start, id: 'i' }), tracked({ at: start + 2 * hour, id: 'h' }, 'Hi')]);
const now = start + day;

function requiring(name: string): Playbook {
  const [free, asking] = [
    'opportunity: { by: [sales, crm] }',
    `opportunity: { by: [sales, crm], requires: [${name}] }`,
  ];
  return compilePlaybook(playbookText({ mql: points }).replace(free, asking)).playbook!;
}

function setAside(): Kept {
  const fold = moveLead(playbook, mql.state, { to: 'nurture', by: 'sales', actorId: 'ana', reason: 'later' }, now);
  if (isRejection(fold)) throw new Error(fold.detail);
  return keepFold(mql, fold);
}

describe('what a CRM reports', () => {
  const told = { at: start + 3 * hour, id: 'o1' };

  it('is flagged incomplete without an amount, and completed by a later report', () => {
    const won = foldAll(playbook, [outcome(told, 'won')], mql);
    expect(
      won.folds.at(-1)!.changes.map(({ to, via, actor, incomplete }) => [to, via, actor.kind, incomplete]),
    ).toEqual([
      ['sql', 'implied', 'crm', undefined],
      ['opportunity', 'implied', 'crm', ['amount']],
      ['customer', 'outcome', 'crm', ['amount']],
    ]);
    const again = foldAll(playbook, [outcome({ at: start + day, id: 'o2' }, 'won', { amount: 7 })], won);
    expect(again.folds.at(-1)).toMatchObject({
      changes: [],
      notApplied: [{ outcome: 'won', stage: 'customer', event: 'o2' }],
    });
    expect(again.state.deal).toMatchObject({ amount: 7 });
  });

  it('stays on the timeline, with why, where it fits nowhere', () => {
    const lost = foldAll(playbook, [outcome({ at: now + 1, id: 'o1' }, 'lost')], setAside());
    expect(lost.folds.at(-1)).toMatchObject({
      changes: [],
      notApplied: [{ why: expect.stringMatching(/nothing to lose/) }],
    });
    const visitor = foldAll(playbook, [outcome(told, 'created')]);
    expect(visitor.folds[0]).toMatchObject({ changes: [], notApplied: [{ why: expect.stringMatching(/identified/) }] });
    expect(foldAll(playbook, [outcome(told, 'won', { amount: 7 })]).state.deal).toEqual({});
  });

  it('has an unstated reason when its text is not mapped, and says so', () => {
    const lost = foldAll(
      playbook,
      [outcome(told, 'created', { amount: 1 }), outcome({ at: start + day, id: 'o2' }, 'lost', { reason: 'weather' })],
      mql,
    );
    expect(lost.folds.at(-1)!.changes[0]).toMatchObject({
      to: 'lost',
      reason: 'unstated-by-crm',
      note: 'weather',
      incomplete: ['reason'],
    });
    expect(lost.state.aside).toMatchObject({ by: 'person', wakeAt: null });
  });

  it('says that its stages are implied or told, and what nobody has told', () => {
    const asking = requiring('closeDate');
    const [sql, opportunity] = foldAll(asking, [outcome(told, 'created', { amount: 1 })], mql).folds.at(-1)!.changes;
    expect(sql).toMatchObject({ to: 'sql', via: 'implied', criteria: [{ id: 'implied', values: {} }] });
    const criteria = [{ id: 'outcome', values: { outcome: 'created' } }];
    expect(opportunity).toMatchObject({ via: 'outcome', criteria, incomplete: ['closeDate'] });
    const complete = foldAll(asking, [outcome(told, 'created', { amount: 1, closeDate: '2026-06-01' })], mql);
    expect(complete.folds.at(-1)!.changes.map((change) => Object.hasOwn(change, 'incomplete'))).toEqual([false, false]);
  });

  it('ends the schedule of the stage that it leaves, and keeps that of the stage that it reaches', () => {
    const cooling = aPlaybook({
      engagement: '{ halfLife: 1d, rules: [ { id: hi, signal: hi, points: 20 } ] }',
      mql: `${points.slice(0, -1)}, exit: [ { id: cold, when: "score.engagement < 10", to: nurture, reason: later } ] }`,
    });
    const due = foldAll(cooling, [identified({ at: start, id: 'i' }), tracked({ at: start, id: 'h' }, 'Hi')]);
    expect(due.state.due).toBe(start + day + 1);
    const created = foldAll(cooling, [outcome({ at: start + hour, id: 'o1' }, 'created')], due);
    expect(created.state.due).toBeNull();
    const lost = foldAll(
      mapped,
      [outcome(told, 'created'), outcome({ at: now, id: 'o2' }, 'lost', { reason: 'rival' })],
      mql,
    );
    expect(lost.state.due).toBe(now + 90 * day);
  });

  it('takes effect at the lead time when it is late', () => {
    const late = foldAll(playbook, [outcome({ at: start, id: 'o1' }, 'created', { amount: 1 })], mql);
    expect(late.folds.at(-1)).toMatchObject({
      late: true,
      changes: [
        { to: 'sql', at: start + 2 * hour },
        { to: 'opportunity', at: start + 2 * hour },
      ],
    });
  });

  it('has the listed reason by its id or by the text of the CRM, and stays aside as long as that says', () => {
    const deal = [outcome(told, 'created', { amount: 1 })];
    for (const reason of ['rival', 'Lost to a competitor']) {
      const lost = foldAll(mapped, [...deal, outcome({ at: now, id: 'o2' }, 'lost', { reason })], mql);
      expect(lost.folds.at(-1)!.changes[0]).toMatchObject({ to: 'lost', reason: 'rival', note: reason });
      expect(lost.folds.at(-1)!.changes[0]).not.toHaveProperty('incomplete');
      expect(lost.state.aside).toMatchObject({ reason: 'rival', wakeAt: now + 90 * day });
    }
    // A reason of another stage is none of `lost`, and a CRM may give none at all.
    for (const reason of ['later', undefined]) {
      const lost = foldAll(
        mapped,
        [...deal, outcome({ at: now, id: 'o2' }, 'lost', reason === undefined ? {} : { reason })],
        mql,
      );
      expect(lost.folds.at(-1)!.changes[0]).toMatchObject({ reason: 'unstated-by-crm', incomplete: ['reason'] });
      const change = lost.folds.at(-1)!.changes[0]!;
      expect(change.note).toBe(reason);
      expect(Object.hasOwn(change, 'note')).toBe(reason !== undefined);
      expect(Object.hasOwn(change, 'wakeAt')).toBe(false);
    }
  });

  it('has effect once, also when it is told again', () => {
    const won = foldAll(playbook, [outcome(told, 'won', { amount: 5 })], mql);
    const again = foldAll(playbook, [outcome(told, 'won', { amount: 7 })], won);
    expect(again.folds.at(-1)).toMatchObject({ changes: [], notApplied: [] });
    expect(again.state).toEqual(won.state);
    const others = Array.from({ length: 20 }, (_, index) => outcome({ at: now + index, id: `u${index}` }, 'updated'));
    expect(foldAll(playbook, others, won).state.outcomes).toEqual(others.map(({ eventId }) => eventId));
  });

  it('updates a deal field by field: the newer telling wins, in whatever order', () => {
    const created = foldAll(playbook, [outcome(told, 'created', { amount: 1 })], mql);
    const newer = outcome({ at: now + hour, id: 'new' }, 'updated', { amount: 3 });
    const older = outcome({ at: now, id: 'old' }, 'updated', { amount: 2, closeDate: '2026-06-01' });
    for (const order of [
      [older, newer],
      [newer, older],
    ]) {
      const kept = foldAll(playbook, order, created);
      expect(kept.state.deal).toEqual({ amount: 3, closeDate: '2026-06-01', at: now + hour });
      expect(kept.folds.at(-1)!.notApplied).toEqual([]);
    }
  });

  it('takes the later of two tellings of one moment', () => {
    const created = foldAll(playbook, [outcome(told, 'created', { amount: 1 })], mql);
    expect(
      foldAll(playbook, [outcome({ ...told, id: 'o2' }, 'updated', { amount: 2 })], created).state.deal,
    ).toMatchObject({ amount: 2 });
  });

  it('completes a deal only by a report of the stage that the lead is in, and replaces nothing', () => {
    const at = { at: now, id: 'o2' };
    const told2 = (kind: 'created' | 'won', amount: number) => [
      outcome(told, kind, { amount: 1 }),
      outcome(at, kind, { amount }),
    ];
    expect(foldAll(playbook, told2('won', 7), mql).state.deal).toMatchObject({ amount: 1 });
    expect(foldAll(playbook, told2('created', 7), mql).state.deal).toMatchObject({ amount: 1 });
    const open = foldAll(playbook, [outcome(told, 'created'), outcome(at, 'created', { amount: 7 })], mql);
    expect(open.state.deal).toMatchObject({ amount: 7 });
    const won = foldAll(playbook, [outcome(told, 'won'), outcome(at, 'created', { amount: 7 })], mql);
    expect(won.state.deal).not.toHaveProperty('amount');
    expect(won.folds.at(-1)!.notApplied[0]?.why).toMatch(/customer has been there or is beyond it/);
  });

  it('begins the next cycle of a lead that is aside', () => {
    const created = foldAll(playbook, [outcome({ at: now + 1, id: 'o1' }, 'created', { amount: 9 })], setAside());
    expect(created.folds.at(-1)!.changes.map(({ from, to, cycle }) => [from, to, cycle])).toEqual([
      ['nurture', 'lead', 2],
      ['lead', 'sql', 2],
      ['sql', 'opportunity', 2],
    ]);
    expect(created.folds.at(-1)!.changes[0]).toMatchObject({ cycleStart: { at: now + 1 }, via: 'implied' });
    expect(created.state.entered.map(({ stage }) => stage)).toEqual(['lead', 'sql', 'opportunity']);
    expect(created.state.deal).toMatchObject({ amount: 9 });
  });

  it('asks for the history that the next cycle counts, and nothing has happened before', () => {
    const signals = ['a', 'b'].map((id) => tracked({ at: now + 1, id }, 'Lo'));
    const busy = foldAll(playbook, signals, setAside());
    const created = outcome({ at: now + 1, id: 'o1' }, 'created', { amount: 9 });
    expect(foldLead(playbook, busy.state, created, null)).toEqual({ needs: 'history', signals: ['lo'] });
    const kept = foldAll(playbook, [created], busy);
    expect(kept.state).toMatchObject({ stage: 'opportunity', deal: { amount: 9 } });
    expect(kept.state.evidence.signals).toMatchObject({ hi: { count: 0 }, lo: { count: 2 } });
  });
});
