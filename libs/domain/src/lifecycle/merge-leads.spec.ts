import { describe, expect, it } from '@jest/globals';
import { day, foldAll, hour, identified, keepFold, type Kept, outcome, start, tracked } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import { answerLead } from './answer-lead.js';
import { type Fold, isFold, isRejection, type Rejection } from './fold.js';
import type { LeadFact } from './lead-fact.js';
import { type LeadState, newLead } from './lead-state.js';
import { mergeLeads } from './merge-leads.js';
import { moveLead } from './move-lead.js';

const playbook = aPlaybook({
  mql: '{ enter: [ { id: points, when: "score.engagement >= 20" } ], exit: [ { id: cold, when: "score.engagement < 10", to: nurture, reason: later } ] }',
  sql: '{ enter: [ { id: need, by: [sales], when: "answers.need != \'\'" } ] }',
  checklist: '[ { id: need, ask: Need?, type: text }, { id: size, ask: Size?, type: number } ]',
});

const joinedAt = start + 10 * day;
const joining = { at: joinedAt, id: 'join' };

function lead(id: string, facts: readonly LeadFact[]): Kept {
  return foldAll(playbook, facts, { state: newLead(id), stored: [], folds: [] });
}

/** A fact of the merge itself, under the survivor or under the absorbed lead. */
function merge(kind: 'merged' | 'absorbed', other: string): LeadFact {
  const origin = { eventId: joining.id, at: joinedAt, receivedAt: joinedAt + 100, historic: false, position: null };
  const account = { domain: null, freeMail: null, traits: {} };
  return kind === 'merged'
    ? { ...origin, kind, absorbed: other, traits: {}, account }
    : { ...origin, kind, survivor: other };
}

function done(kept: Kept, result: Fold | Rejection): Kept {
  if (isRejection(result)) throw new Error(result.detail);
  return keepFold(kept, result);
}

function move(kept: Kept, to: LeadState['stage'], at: number, more: object = {}): Kept {
  return done(kept, moveLead(playbook, kept.state, { to, by: 'sales', actorId: 'ana', ...more }, at));
}

function join(survivor: Kept, absorbed: Kept): Fold {
  const waiting = foldAll(playbook, [merge('merged', absorbed.state.id)], survivor);
  const gone = foldAll(playbook, [merge('absorbed', survivor.state.id)], absorbed);
  const options = { decidedAt: joinedAt + 100, history: null };
  const fold = mergeLeads(playbook, waiting.state, gone.state, options);
  if (isFold(fold)) return fold;
  const again = mergeLeads(playbook, waiting.state, gone.state, { ...options, history: waiting.stored });
  if (isFold(again)) return again;
  throw new Error('asked twice for history');
}

const stagesOf = (fold: Fold) => fold.changes.map(({ to, at, cycle }) => [to, (at - start) / hour, cycle]);

const older = lead('older', [identified({ at: start, id: 'i1' })]);
const younger = lead('younger', [identified({ at: start + hour, id: 'i2' })]);
const hot = foldAll(playbook, [tracked({ at: start + 2 * hour, id: 'h' }, 'Hi')], younger);
const sold = move(hot, 'sql', start + 3 * hour, { answers: { need: 'speed' }, followUp: '2026-04-01' });

describe('merging two leads', () => {
  it('hands over the newest answer to each question, and tells them', () => {
    const command = { by: 'sales', actorId: 'ana' } as const;
    const knows = done(
      older,
      answerLead(playbook, older.state, { ...command, answers: { need: 'price', size: 5 } }, start + hour),
    );
    const asked = done(
      younger,
      answerLead(playbook, younger.state, { ...command, answers: { need: 'speed' } }, start + day),
    );
    const fold = join(knows, asked);
    expect(fold.state.evidence.answers).toEqual({ need: 'speed', size: 5 });
    expect(Object.keys(fold.answered?.answers ?? {})).toEqual(['need']);
    expect(join(asked, knows).answered?.answers).toMatchObject({ size: { value: 5 } });
    expect(join(asked, younger).answered).toBeNull();
  });

  it('hands over the stage that had come further, with the times at which it was entered', () => {
    const fold = join(older, sold);
    expect(stagesOf(fold)).toEqual([
      ['mql', 2, 1],
      ['sql', 3, 1],
    ]);
    expect(fold.changes).toMatchObject([
      { actor: { kind: 'system' }, via: 'merged', criteria: [{ id: 'merged', values: { lead: 'younger' } }] },
      { via: 'merged', followUp: '2026-04-01', decidedAt: joinedAt + 100 },
    ]);
    expect(fold.state).toMatchObject({ stage: 'sql', since: start + 3 * hour, followUp: '2026-04-01' });
    expect(fold.state.evidence.leadTime).toBe(joinedAt);
    expect(fold.state).not.toHaveProperty('absorbing');
  });

  it('lets promises run from the receipt of what led to them', () => {
    const late = foldAll(
      playbook,
      [{ ...tracked({ at: start + 2 * hour, id: 'h' }, 'Hi'), receivedAt: start + day }],
      younger,
    );
    expect(join(older, late).changes).toMatchObject([{ to: 'mql', at: start + 2 * hour, receivedAt: start + day }]);
  });

  it('leaves the survivor where it is when that has come as far', () => {
    const both = foldAll(playbook, [tracked({ at: start + day, id: 'h3' }, 'Hi')], older);
    expect(join(both, hot).changes).toEqual([]);
    expect(join(sold, both).changes).toEqual([]);
  });

  it('enters only the stages that the survivor has not entered', () => {
    const both = foldAll(playbook, [tracked({ at: start + day, id: 'h3' }, 'Hi')], older);
    // Entered before the survivor became what it is: the changes of a lead follow each other in time.
    expect(stagesOf(join(both, sold))).toEqual([['sql', 24, 1]]);
  });

  it('reopens a survivor that was put aside, in its next cycle, when the absorbed lead is open', () => {
    const aside = move(older, 'nurture', start + 90 * 60_000, { reason: 'later' });
    const fold = join(aside, sold);
    expect(stagesOf(fold)).toEqual([
      ['lead', 1.5, 2],
      ['mql', 2, 2],
      ['sql', 3, 2],
    ]);
    expect(fold.state.aside).toBeNull();
  });

  it('puts a survivor that nobody worked on aside with the absorbed lead, for the same reason and as long', () => {
    const aside = move(younger, 'nurture', start + 2 * hour, { reason: 'later' });
    const fold = join(older, aside);
    expect(fold.changes).toMatchObject([{ to: 'nurture', reason: 'later', wakeAt: start + 2 * hour + 10 * day }]);
    expect(fold.state.aside).toEqual(aside.state.aside);
    expect(join(hot, move(older, 'nurture', start + day, { reason: 'later' })).state.stage).toBe('mql');
  });

  it('takes what the CRM told of the deal, once', () => {
    const told = outcome({ at: start + 4 * hour, id: 'o' }, 'created', { amount: 7 });
    const deal = foldAll(playbook, [told], sold);
    const fold = join(older, deal);
    expect(fold.state).toMatchObject({ stage: 'opportunity', deal: { amount: 7 } });
    expect(fold.changes.at(-1)).toMatchObject({ to: 'opportunity', amount: 7 });
    const history = foldAll(playbook, [told], { state: fold.state, stored: [], folds: [] });
    expect(history.folds.at(-1)).toMatchObject({ changes: [], notApplied: null });
  });

  it('decides nothing between the merge and what the absorbed lead brings, and then what the evidence of both gives', () => {
    const waiting = foldAll(
      playbook,
      [merge('merged', 'younger'), tracked({ at: start + 2 * hour, id: 'h' }, 'Hi')],
      older,
    );
    expect(waiting.state.stage).toBe('lead');
    const gone = foldAll(playbook, [merge('absorbed', 'older')], younger);
    const fold = mergeLeads(playbook, waiting.state, gone.state, { decidedAt: joinedAt, history: null });
    expect(isFold(fold) && fold.changes).toMatchObject([{ to: 'mql', via: 'points', at: joinedAt }]);
  });

  it('takes nothing of a lead that has been erased since, and waits for it no more', () => {
    const waiting = foldAll(playbook, [merge('merged', 'younger')], older).state;
    const erased: LeadState = { ...newLead('younger'), gone: 'erased' };
    const fold = mergeLeads(playbook, waiting, erased, { decidedAt: joinedAt, history: null });
    expect(isFold(fold) && [fold.changes, fold.answered, fold.state.absorbing]).toEqual([[], null, undefined]);
  });
});
