import { describe, expect, it } from '@jest/globals';
import { day, foldAll, hour, identified, type Kept, second, start, tracked } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import { advanceLead } from './advance-lead.js';
import { foldLead } from './fold-lead.js';
import type { LeadFact } from './lead-fact.js';
import { dueAt } from './lead-state.js';

const decaying = '{ halfLife: 1d, rules: [ { id: hi, signal: hi, points: 20, times: 5 } ] }';
const points = '{ id: points, when: "score.engagement >= 20" }';
const fresh = `{ id: fresh, when: "seen('mid', '1h') > 0", to: disqualified, reason: no }`;
const cold = `{ id: cold, when: "score.engagement < 10 && lead.title != 'CTO'", to: nurture, reason: later }`;

const waiting = aPlaybook({ engagement: decaying, mql: `{ enter: [ ${points} ], exit: [ ${fresh}, ${cold} ] }` });
const facts: readonly LeadFact[] = [
  identified({ at: start, id: 'i' }, { title: 'Developer' }),
  tracked({ at: start, id: 'm' }, 'Mid'),
  tracked({ at: start, id: 'n' }, 'Hi'),
];
const identifiedLast = facts.toReversed();
const mql = foldAll(waiting, facts);
const promoted = (at: number): LeadFact => identified({ at, id: `p${at}` }, { title: 'CTO' });

describe('what is due', () => {
  const rules = {
    cool: '{ id: cool, when: "score.engagement < 10", to: nurture, reason: later }',
    cold: '{ id: cold, when: "score.engagement < 5", to: disqualified, reason: no }',
  };

  it.each([
    ['cool', 'cold'],
    ['cold', 'cool'],
  ] as const)('is the earliest of all that may happen: %s written before %s', (first, then) => {
    const cooling = aPlaybook({
      engagement: decaying,
      mql: `{ enter: [ ${points} ], exit: [ ${rules[first]}, ${rules[then]} ] }`,
    });
    const { state } = foldAll(cooling, facts);
    expect(state).toMatchObject({ stage: 'mql', due: start + day + 1 });
    expect(advanceLead(cooling, state, start + day + 1).changes).toMatchObject([{ to: 'nurture', via: 'cool' }]);
  });

  it('is an entry that comes with time alone', () => {
    const patient = aPlaybook({ mql: `{ enter: [ { id: quiet, when: "daysSince('hi') > 2" } ] }` });
    expect(foldAll(patient, identifiedLast).state).toMatchObject({ stage: 'lead', due: start + 2 * day + 1 });
  });

  it('is the end of a review that holds an entry back', () => {
    const reviewed = aPlaybook({
      mql: `{ enter: [ { id: all } ], review: { when: "seen('mid', '1h') > 0", by: [marketing] } }`,
    });
    const { state } = foldAll(reviewed, identifiedLast);
    expect(state).toMatchObject({ stage: 'lead', due: start + hour });
    expect(advanceLead(reviewed, state, start + hour).changes).toMatchObject([
      { to: 'mql', criteria: [{ id: 'all', values: {} }] },
    ]);
  });

  it('is due no more once a trait stands against it, and quiet lasts until an exit may act again', () => {
    expect(mql.state).toMatchObject({ quietUntil: start + hour, due: start + day + 1, waitingExits: ['fresh'] });
    const kept = foldAll(waiting, [promoted(start + 1)], mql);
    expect(kept.state).toMatchObject({ quietUntil: start + hour, due: null, waitingExits: ['fresh'] });
    const later = foldAll(waiting, [tracked({ at: start + 2 * hour, id: 'l' }, 'Lo')], kept);
    expect(later.state).toMatchObject({ stage: 'mql', quietUntil: null, due: null, waitingExits: [] });
    const again = foldAll(waiting, [tracked({ at: start + 3 * hour, id: 'o' }, 'Mid')], later);
    expect(again.folds.at(-1)!.changes).toMatchObject([{ to: 'disqualified', via: 'fresh', at: start + 3 * hour }]);
  });

  it('is quiet until an exit that waits may act, though nothing is due', () => {
    const untimed = aPlaybook({ mql: `{ enter: [ ${points} ], exit: [ ${fresh} ] }` });
    const kept = foldAll(untimed, facts);
    expect(kept.state).toMatchObject({ stage: 'mql', quietUntil: start + hour, due: null });
    const again = foldAll(untimed, [tracked({ at: start + 2 * hour, id: 'o' }, 'Mid')], kept);
    expect(again.state.stage).toBe('disqualified');
  });
});

describe('a computed time', () => {
  const due = mql.state.due!;
  const last = ({ folds }: Kept) => folds.at(-1)!;

  it('comes behind a fact of its own millisecond', () => {
    const kept = foldAll(waiting, [tracked({ at: due, id: 'o' }, 'Hi')], mql);
    expect(kept.state.stage).toBe('mql');
    expect(last(kept).changes).toEqual([]);
  });

  it('is looked at with a fact of its own millisecond that tells nothing', () => {
    const quiet = foldAll(waiting, [tracked({ at: start + 2 * hour, id: 'l' }, 'Lo')], mql);
    const kept = foldAll(waiting, [tracked({ at: due, id: 'o' }, 'Nothing')], quiet);
    expect(last(kept).changes).toMatchObject([{ to: 'nurture', at: due, receivedAt: due + 100 }]);
  });

  it('says when the timer decided it, behind the last fact that was folded', () => {
    const state = { ...mql.state, behind: { partition: 3, position: 17 } };
    expect(advanceLead(waiting, state, due + second).changes).toMatchObject([
      { to: 'nurture', at: due, receivedAt: due, decidedAt: due + second, behind: { partition: 3, position: 17 } },
    ]);
  });

  it('changes nothing of a lead that is gone, though it was due, and wakes it up no more', () => {
    const fold = foldLead(
      waiting,
      mql.state,
      { ...promoted(start + 1), kind: 'absorbed', survivor: 'l2' } as LeadFact,
      null,
    );
    if ('needs' in fold) throw new Error('asked for history');
    expect([fold.state.due, dueAt(fold.state)]).toEqual([due, null]);
    expect(advanceLead(waiting, fold.state, due)).toMatchObject({ state: fold.state, changes: [] });
  });

  it('leaves nothing behind where it changes no stage, as after a change of the playbook', () => {
    const stale = { ...foldAll(waiting, [promoted(start + 1)], mql).state, due: start + 2 * hour };
    expect(advanceLead(waiting, stale, start + 2 * hour)).toMatchObject({
      state: { waitingExits: ['fresh'], quietUntil: start + hour, due: null },
      changes: [],
    });
  });
});
