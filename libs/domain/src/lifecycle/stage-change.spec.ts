import { describe, expect, it } from '@jest/globals';
import { foldAll, hour, identified, imported, start, tracked } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import type { LeadFact } from './lead-fact.js';
import { type Fold, isRejection, type StageChange } from './fold.js';
import type { LeadState } from './lead-state.js';
import type { MoveCommand } from './move-command.js';
import { moveLead } from './move-lead.js';

const playbook = aPlaybook({
  signals:
    '{ hi: { on: Hi, intent: high, title: Asked, offer: demo, topic: price, product: suite }, lo: { on: Lo, intent: low } }',
  sql: '{ by: [sales] }',
});

function moved(state: LeadState, command: Partial<MoveCommand> & Pick<MoveCommand, 'to'>, at = start + 9 * hour): Fold {
  const result = moveLead(playbook, state, { by: 'sales', actorId: 'ana', ...command }, at);
  if (isRejection(result)) throw new Error(`${result.rejected}: ${result.detail}`);
  return result;
}

function changeOf(fold: Fold): StageChange {
  return fold.changes[0]!;
}

const free: LeadFact = {
  ...identified({ at: start, id: 'i' }),
  kind: 'identified',
  traits: {},
  account: { domain: null, freeMail: true, traits: { employees: { value: 60, at: start - 7 } } },
};
const spring = { type: 'page', source: 'web', page: { path: '/p' }, campaign: { name: 'spring' } } as const;

describe('what a change says of its lead', () => {
  it('is every signal with the words that it has, the newest first', () => {
    const { state } = foldAll(playbook, [
      identified({ at: start, id: 'i' }),
      tracked({ at: start + hour, id: 'a' }, 'Lo'),
      tracked({ at: start + 2 * hour, id: 'b' }, 'Hi'),
    ]);
    expect(changeOf(moved(state, { to: 'sql' })).signals).toStrictEqual([
      {
        signal: 'hi',
        at: start + 2 * hour,
        event: 'b',
        intent: 'high',
        title: 'Asked',
        offer: 'demo',
        topic: 'price',
        product: 'suite',
      },
      { signal: 'lo', at: start + hour, event: 'a', intent: 'low' },
    ]);
  });

  it('counts a signal that the playbook no longer has as a low one', () => {
    const renamed = aPlaybook({
      signals: '{ other: { on: Other, intent: high } }',
      engagement: '{ rules: [] }',
      sql: '{ by: [sales] }',
    });
    const { state } = foldAll(playbook, [identified({ at: start, id: 'i' }), tracked({ at: start, id: 'b' }, 'Hi')]);
    const result = moveLead(renamed, state, { to: 'sql', by: 'sales', actorId: 'ana' }, start);
    if (isRejection(result)) throw new Error(result.detail);
    expect(changeOf(result).signals).toStrictEqual([{ signal: 'hi', at: start, event: 'b', intent: 'low' }]);
  });

  it('has the scores of the lead time where imported history is older', () => {
    const { folds } = foldAll(playbook, [
      imported({ at: start + hour, id: 'r' }, 'sql'),
      imported({ at: start, id: 's' }, 'mql'),
    ]);
    expect(folds[1]!.changes[0]).toMatchObject({ to: 'mql', at: start, scores: { asOf: start + hour } });
  });

  it('is its account, its first campaign and the cycle it is in', () => {
    const { state } = foldAll(playbook, [
      free,
      { ...identified({ at: start + hour, id: 'c' }), kind: 'engaged', event: spring },
    ]);
    const change = changeOf(moved(state, { to: 'sql' }));
    expect(change).toMatchObject({ campaign: { name: 'spring' }, cycle: 1, cycleStart: { at: null } });
    expect(change.account).toEqual({
      domain: null,
      freeMail: true,
      traits: { employees: { value: 60, at: start - 7 } },
    });
    const aside = moved(state, { to: 'nurture', reason: 'later' });
    expect(changeOf(aside).wakeAt).toBe(start + 9 * hour + 10 * 24 * hour);
    const back = changeOf(moved(aside.state, { to: 'lead' }, start + 10 * hour));
    expect(back).toMatchObject({ campaign: null, cycle: 2, cycleStart: { at: start + 10 * hour } });
    expect(Object.hasOwn(back, 'wakeAt')).toBe(false);
    const { state: bare } = foldAll(playbook, [identified({ at: start, id: 'i' })]);
    expect(changeOf(moved(bare, { to: 'sql' }))).toMatchObject({ campaign: null, account: { freeMail: false } });
  });

  it('is what the deal is worth, from the opportunity on and nowhere before', () => {
    const { state } = foldAll(playbook, [identified({ at: start, id: 'i' })]);
    const deal = { amount: 100, closeDate: '2026-06-01' };
    const sql = moved(state, { to: 'sql', ...deal });
    expect([Object.hasOwn(changeOf(sql), 'amount'), Object.hasOwn(changeOf(sql), 'closeDate')]).toEqual([false, false]);
    const opportunity = moved(sql.state, { to: 'opportunity' });
    expect(changeOf(opportunity)).toMatchObject(deal);
    expect(changeOf(moved(opportunity.state, { to: 'customer' }))).toMatchObject(deal);
    expect(changeOf(moved(opportunity.state, { to: 'lost', reason: 'no' }))).toMatchObject(deal);
    const half = changeOf(moved(moved(state, { to: 'sql', amount: 7 }).state, { to: 'opportunity' }));
    expect(half.amount).toBe(7);
    expect(Object.hasOwn(half, 'closeDate')).toBe(false);
    const dated = changeOf(moved(moved(state, { to: 'sql', closeDate: deal.closeDate }).state, { to: 'opportunity' }));
    expect(dated.closeDate).toBe(deal.closeDate);
    expect(Object.hasOwn(dated, 'amount')).toBe(false);
  });
});
