import { describe, expect, it } from '@jest/globals';
import { day, foldAll, hour, identified, keepFold, type Kept, outcome, start, tracked } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import { advanceLead } from './advance-lead.js';
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
    expect(history.folds.at(-1)).toMatchObject({ changes: [], notApplied: [] });
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

  it('lets no time pass between the merge and what the absorbed lead brings: nothing goes cold, by a fact or a timer', () => {
    const cooling = aPlaybook({
      engagement: '{ halfLife: 1d, rules: [ { id: hi, signal: hi, points: 20, times: 5 } ] }',
      mql: '{ enter: [ { id: points, when: "score.engagement >= 20" } ], exit: [ { id: cold, when: "score.engagement < 10", to: nurture, reason: later } ] }',
      accepted: '{ by: [sales] }',
    });
    const both = ['older', 'younger'].map((id) =>
      foldAll(cooling, [identified({ at: start, id: `${id}-i` }), tracked({ at: start + hour, id: `${id}-h` }, 'Hi')], {
        state: newLead(id),
        stored: [],
        folds: [],
      }),
    );
    const [survivor, absorbed] = both as [Kept, Kept];
    expect(survivor.state.stage).toBe('mql');
    const moved = moveLead(cooling, absorbed.state, { to: 'accepted', by: 'sales', actorId: 'ana' }, start + 2 * hour);
    const ended = foldAll(cooling, [merge('absorbed', 'older')], done(absorbed, moved)).state;
    const told = { ...merge('merged', 'younger'), at: start + 3 * hour };
    const waiting = foldAll(cooling, [told, identified({ at: start + 9 * day, id: 'i9' })], survivor);
    for (const { state } of [waiting, { state: advanceLead(cooling, waiting.state, start + 20 * day).state }]) {
      expect([state.stage, state.due]).toEqual(['mql', null]);
      const fold = mergeLeads(cooling, state, ended, { decidedAt: start + 20 * day, history: null });
      expect(isFold(fold) && fold.changes.map(({ to }) => to)).toEqual(['accepted']);
    }
  });

  describe('of which the CRM has told', () => {
    const created = outcome({ at: start + 4 * hour, id: 'o1' }, 'created', { amount: 7 });
    const lost = outcome({ at: start + 5 * hour, id: 'o2' }, 'lost');
    const again = outcome({ at: start + 6 * hour, id: 'o3' }, 'lost');
    const gone = (absorbed: Kept) => foldAll(playbook, [merge('absorbed', 'older')], absorbed).state;
    const waiting = (survivor: Kept) => foldAll(playbook, [merge('merged', 'younger')], survivor);
    const given = (survivor: Kept, absorbed: LeadState): Kept => {
      const fold = mergeLeads(playbook, survivor.state, absorbed, { decidedAt: joinedAt, history: survivor.stored });
      if (isFold(fold)) return keepFold(survivor, fold);
      throw new Error('asked for history although it had all of it');
    };
    const toldOf = ({ folds }: Kept) =>
      folds.flatMap(({ changes, notApplied }) => [
        ...changes.map(({ to, at, via }) => [to, at, via]),
        ...notApplied.map(({ event }) => event),
      ]);

    it.each([
      ['had a deal', older, [created]],
      ['lost a deal', older, [created, lost]],
      ['has not come as far', sold, [created, lost, again]],
      ['was put aside', move(older, 'nurture', start + hour, { reason: 'later' }), [created]],
    ])('comes to the same before and behind the history of the absorbed lead, which %s', (_what, survivor, told) => {
      const absorbed = gone(foldAll(playbook, told, younger));
      const before = foldAll(playbook, told, given(waiting(survivor), absorbed));
      const behind = given(foldAll(playbook, told, waiting(survivor)), absorbed);
      expect(behind.state.stage).toBe(before.state.stage);
      expect(behind.state.deal).toEqual(before.state.deal);
      expect(toldOf(behind)).toEqual(toldOf(before));
      expect(behind.state).not.toHaveProperty('held');
    });

    it('waits with what is reported until nothing is awaited any more', () => {
      const both = foldAll(playbook, [merge('merged', 'younger'), merge('merged', 'third'), created], older);
      const third = { ...newLead('third'), gone: 'absorbed' } as const;
      const half = given(both, third);
      expect([half.state.stage, half.state.held]).toMatchObject(['lead', [{ eventId: 'o1' }]]);
      expect(given(half, gone(younger)).state).toMatchObject({ stage: 'opportunity', deal: { amount: 7 } });
    });
  });

  describe('of which the survivor was absorbed itself before it was given the stage', () => {
    const oldest = lead('oldest', [identified({ at: start - hour, id: 'i0' })]);
    const criteriaOf = (fold: Fold) => fold.changes.map(({ criteria }) => criteria.map(({ values }) => values['lead']));
    /** The survivor as it was absorbed by the oldest lead, and then given what the absorbed lead had come to. */
    function goneAndGiven(survivor: Kept, absorbed: Kept): Kept {
      const waiting = foldAll(playbook, [merge('merged', absorbed.state.id), merge('absorbed', 'oldest')], survivor);
      const gone = foldAll(playbook, [merge('absorbed', survivor.state.id)], absorbed);
      const fold = mergeLeads(playbook, waiting.state, gone.state, { decidedAt: joinedAt, history: waiting.stored });
      if (isFold(fold)) return keepFold(waiting, fold);
      throw new Error('asked for history although it had all of it');
    }

    it('names the lead that had come there before the one that passes it on', () => {
      const given = goneAndGiven(older, sold);
      expect(criteriaOf(join(oldest, given))).toEqual([
        ['younger', 'older'],
        ['younger', 'older'],
      ]);
      expect(criteriaOf(join(lead('last', []), goneAndGiven(oldest, given))).at(-1)).toEqual([
        'younger',
        'older',
        'oldest',
      ]);
    });

    it('names only the one that passes it on where it had come as far, or was told', () => {
      const both = move(foldAll(playbook, [tracked({ at: start + day, id: 'h3' }, 'Hi')], older), 'sql', start + day, {
        answers: { need: 'speed' },
      });
      expect(criteriaOf(join(oldest, goneAndGiven(both, sold))).at(-1)).toEqual(['older']);
      const told = keepFold(older, join(older, sold));
      expect(criteriaOf(join(oldest, told)).at(-1)).toEqual(['older']);
    });
  });

  it('takes nothing of a lead that has been erased since, and waits for it no more', () => {
    const waiting = foldAll(playbook, [merge('merged', 'younger')], older).state;
    const erased: LeadState = { ...newLead('younger'), gone: 'erased' };
    const fold = mergeLeads(playbook, waiting, erased, { decidedAt: joinedAt, history: null });
    expect(isFold(fold) && [fold.changes, fold.answered, fold.state.absorbing]).toEqual([[], null, undefined]);
  });
});
