import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { advanceLead } from '../src/lifecycle/advance-lead.js';
import { evaluateStages } from '../src/lifecycle/evaluate-stages.js';
import { beginRun } from '../src/lifecycle/lead-run.js';
import { dueAt, type LeadState } from '../src/lifecycle/lead-state.js';
import { foldAll, identified, second, start, tracked } from './lead-log.js';
import { aPlaybook } from './playbook-text.js';
import { propertyRuns } from './property-runs.js';

const playbook = aPlaybook({
  engagement:
    '{ cap: 45, halfLife: 1s, rules: [ { id: hi, signal: hi, points: 20.7, times: 5 }, { id: neg, signal: neg, points: -16.3, times: 5 } ] }',
  mql: `{ enter: [ { id: recovered, when: "score.engagement >= 3 && seen('neg') > 0" }, { id: burst, when: "seen('hi', '2s') == 1 && seen('hi') >= 2" } ],
    exit: [ { id: cold, when: "score.total < 24 && score.engagement < 5", to: nurture, reason: later }, { id: alone, when: "distinct('intent:high', '1s') + seen('mid', '2s') < 1 && daysSince('neg') > 0.00002", to: nurture, reason: later } ] }`,
  reasons:
    '[ { id: later, label: Later, to: [nurture], wakeAfter: 2s }, { id: no, label: No, to: [disqualified, lost], wakeAfter: 60d } ]',
});

const happening = fc.record({ name: fc.constantFrom('Hi', 'Mid', 'Neg'), at: fc.integer({ min: 0, max: 3000 }) });
const span = 4 * second;

/** The first millisecond within the span at which an evaluation changes the stage, by trying every one. */
function firstChangeByStepping(state: LeadState): number | null {
  const from = state.evidence.leadTime!;
  const run = beginRun(
    playbook,
    state,
    { at: from, decidedAt: from, receivedAt: from, behind: null },
    { rehearsal: true },
  );
  for (let at = from + 1; at <= from + span; at += 1) {
    run.moment = { ...run.moment, at };
    evaluateStages(run, [], run.changed);
    if (run.changed > 0) {
      return at;
    }
  }
  return null;
}

describe('computed times', () => {
  it('are the first millisecond at which stepping through time changes the stage', () => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 1, maxLength: 6 }), fc.boolean(), (happenings, fits) => {
        const facts = happenings
          .sort((a, b) => a.at - b.at)
          .map(({ name, at }, index) => tracked({ at: start + at, id: `e${index}` }, name));
        const { state } = foldAll(playbook, [
          identified({ at: start - 1, id: 'd' }, {}, { employees: fits ? 100 : 1 }),
          ...facts,
        ]);
        const due = dueAt(state);
        const stepped = firstChangeByStepping(state);
        expect(due !== null && due <= state.evidence.leadTime! + span ? due : null).toBe(stepped);
      }),
      { numRuns: propertyRuns(400) },
    );
  });

  it('are due until they are folded, and then lie ahead', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: span }),
        (happenings, later) => {
          const facts = happenings
            .sort((a, b) => a.at - b.at)
            .map(({ name, at }, index) => tracked({ at: start + at, id: `e${index}` }, name));
          const { state } = foldAll(playbook, [identified({ at: start - 1, id: 'd' }), ...facts]);
          const now = state.evidence.leadTime! + later;
          const due = dueAt(state);
          const fold = advanceLead(playbook, state, now);
          expect(fold.changes.length > 0).toBe(due !== null && due <= now);
          expect(fold.changes[0]?.at ?? due).toBe(due);
          expect(dueAt(fold.state) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
        },
      ),
      { numRuns: propertyRuns(1000) },
    );
  });
});
