import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isWithin } from '../src/evidence/event-order.js';
import { advanceLead } from '../src/lifecycle/advance-lead.js';
import { isRejection } from '../src/lifecycle/fold.js';
import type { LeadFact } from '../src/lifecycle/lead-fact.js';
import type { LeadState } from '../src/lifecycle/lead-state.js';
import { moveLead } from '../src/lifecycle/move-lead.js';
import type { StageId } from '../src/playbook/definition.js';
import {
  foldKept,
  identified,
  keepFold,
  type Kept,
  nobody,
  outcome,
  second,
  stagesOf,
  start,
  tracked,
} from './lead-log.js';
import { aPlaybook } from './playbook-text.js';
import { countedOf, referenceAwards } from './reference-ledger.js';
import { propertyRuns } from './property-runs.js';

/** Seconds instead of days, so that everything happens within a test: decay, windows, wake-ups. */
const playbook = aPlaybook({
  signals:
    '{ hi: { on: Hi, intent: high }, mid: { on: [Mid, Hi], intent: medium, every: 2s }, neg: { on: Neg, intent: negative }, post: { on: Post, intent: high } }',
  exclusions: `[ { id: student, when: "lead.title == 'student'", reason: no } ]`,
  engagement:
    '{ halfLife: 4s, rules: [ { id: hi, signal: hi, points: 20, times: 4 }, { id: mid, signal: mid, points: 10, atLeast: 2, within: 5s, times: 3 }, { id: neg, signal: neg, points: -15, times: 3 } ] }',
  mql: `{ enter: [ { id: points, when: "score.engagement >= 25 && score.fit >= 20" }, { id: burst, when: "seen('intent:high', '3s') >= 2" }, { id: quiet, when: "score.engagement < 4 && seen('neg') >= 1 && seen('hi') >= 1" }, { id: by-hand, by: [marketing], when: "true" } ],
    exit: [ { id: cold, when: "score.engagement < 8", to: nurture, reason: later }, { id: stale, when: "daysSince('hi') > 0.0001", to: nurture, reason: later }, { id: gone, when: "seen('post', '4s') < 1 && seen('post') > 0", to: disqualified, reason: no } ] }`,
  sql: `{ enter: [ { id: social, from: [lead, mql], when: "seen('post', '2s') > 0 && score.fit >= 20" }, { id: by-hand, by: [sales], when: "true" } ] }`,
  reasons:
    '[ { id: later, label: Later, to: [nurture], wakeAfter: 6s, wakeQuiet: 2s }, { id: no, label: No, to: [disqualified, lost], wakeAfter: 9s } ]',
});

type Step = { readonly fact: LeadFact } | { readonly move: StageId; readonly at: number };

const steps = fc
  .array(
    fc.record({
      gap: fc.oneof(fc.integer({ min: 0, max: 3 * second }), fc.constantFrom(0, 2 * second, 4 * second)),
      late: fc.oneof(
        { weight: 4, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 6 * second }) },
      ),
      what: fc.constantFrom(
        'Hi',
        'Hi',
        'Mid',
        'Neg',
        'Post',
        'fit',
        'student',
        'worker',
        'created',
        'won',
        'lost',
        'mql',
        'sql',
        'nurture',
        'disqualified',
        'lead',
      ),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((written) => {
    let now = start;
    return written.map(({ gap, late, what }, index) => {
      now += gap;
      return stepOf(what, { at: now - late, id: `e${String(index).padStart(2, '0')}` }, now);
    });
  });

function stepOf(what: string, told: { at: number; id: string }, now: number): Step {
  switch (what) {
    case 'Hi':
    case 'Mid':
    case 'Neg':
    case 'Post':
      return { fact: tracked(told, what) };
    case 'fit':
      return { fact: identified(told, {}, { employees: 100 }) };
    case 'student':
    case 'worker':
      return { fact: identified(told, { title: what }) };
    case 'created':
    case 'won':
    case 'lost':
      return { fact: outcome(told, what) };
    default:
      return { move: what as StageId, at: now };
  }
}

function take(kept: Kept, step: Step): Kept {
  if ('fact' in step) return foldKept(playbook, kept, step.fact);
  const moved = moveLead(
    playbook,
    kept.state,
    { to: step.move, by: 'sales', actorId: 'ana', reason: step.move === 'nurture' ? 'later' : 'no' },
    step.at,
  );
  return isRejection(moved) ? kept : keepFold(kept, moved);
}

const lead: Kept = foldKept(playbook, nobody, identified({ at: start - 1, id: 'd' }));

function stored(kept: Kept): Kept {
  return { ...kept, state: JSON.parse(JSON.stringify(kept.state)) as LeadState };
}

describe('the same log', () => {
  it('gives the same stages, wherever it is cut into batches and its states are stored', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }), (log, cuts) => {
        const whole = log.reduce(take, lead);
        const cut = log.reduce((kept, step, index) => take(cuts[index] ? stored(kept) : kept, step), lead);
        expect(cut.state).toEqual(whole.state);
        expect(cut.folds).toEqual(whole.folds);
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  it('does not care how often timers looked before anything was due', () => {
    fc.assert(
      fc.property(
        steps,
        fc.array(fc.integer({ min: 0, max: 4 * second }), { minLength: 14, maxLength: 14 }),
        (log, looks) => {
          const unwatched = log.reduce(take, lead);
          const watched = log.reduce((kept, step, index) => {
            const leadTime = kept.state.evidence.leadTime ?? start;
            const now = Math.min(leadTime + looks[index]!, (kept.state.due ?? Number.POSITIVE_INFINITY) - 1);
            const looked = advanceLead(playbook, kept.state, now);
            expect(looked.changes).toEqual([]);
            return take({ ...kept, state: looked.state }, step);
          }, lead);
          expect(stagesOf(watched)).toEqual(stagesOf(unwatched));
          expect(watched.state).toEqual(unwatched.state);
        },
      ),
      { numRuns: propertyRuns(700) },
    );
  });

  it('read in order, gives the same stages whether a timer or the next fact folds what falls due between', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }), (log, fires) => {
        const inOrder = log
          .filter((step): step is { fact: LeadFact } => 'fact' in step)
          .sort((a, b) => a.fact.at - b.fact.at);
        const lazy = inOrder.reduce<Kept>(take, lead);
        const eager = inOrder.reduce<Kept>((kept, step, index) => {
          const fired = fires[index] ? keepFold(kept, advanceLead(playbook, kept.state, step.fact.at - 1)) : kept;
          return take(fired, step);
        }, lead);
        expect(stagesOf(eager)).toEqual(stagesOf(lazy));
        expect({ ...eager.state, outcomes: [] }).toEqual({ ...lazy.state, outcomes: [] });
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  it('folds a whole sleep like many short ones', () => {
    fc.assert(
      fc.property(
        steps,
        fc.array(fc.integer({ min: 1, max: 5 * second }), { minLength: 1, maxLength: 8 }),
        (log, naps) => {
          const kept = log.reduce(take, lead);
          let now = (kept.state.evidence.leadTime ?? start) + 1;
          let short = kept;
          for (const nap of naps) {
            now += nap;
            short = keepFold(short, advanceLead(playbook, short.state, now));
          }
          const long = keepFold(kept, advanceLead(playbook, kept.state, now));
          expect(stagesOf(short)).toEqual(stagesOf(long));
          expect(short.state).toEqual(long.state);
        },
      ),
      { numRuns: propertyRuns(500) },
    );
  });
});

describe('whatever happens', () => {
  it('a lead is in one stage, entered once a cycle by a move there is, with a reason when it is aside', () => {
    fc.assert(
      fc.property(steps, (log) => {
        const { state, folds } = log.reduce(take, lead);
        const changes = folds.flatMap((fold) => fold.changes);
        const seen = new Set<string>();
        changes.forEach((change, index) => {
          expect(change.number).toBe(index + 1);
          expect(change.from).toBe(index === 0 ? 'visitor' : changes[index - 1]!.to);
          expect(change.at).toBeGreaterThanOrEqual(index === 0 ? 0 : changes[index - 1]!.at);
          expect(seen.has(`${change.cycle} ${change.to}`)).toBe(false);
          seen.add(`${change.cycle} ${change.to}`);
          expect(change.criteria.length).toBeGreaterThan(0);
          expect(['nurture', 'disqualified', 'lost'].includes(change.to)).toBe(
            change.reason !== undefined && change.to !== 'lead',
          );
        });
        expect(state.stage).toBe(changes.at(-1)!.to);
        expect(state.changes).toBe(changes.length);
      }),
      { numRuns: propertyRuns(700) },
    );
  });

  it('the ledger is the one that counting the stored occurrences from scratch gives, in whatever cycle', () => {
    fc.assert(
      fc.property(steps, (log) => {
        const { state, stored: occurrences } = log.reduce(take, lead);
        const { awards, cycles, signals } = state.evidence;
        expect(awards).toEqual(referenceAwards(playbook, occurrences, cycles));
        for (const { id } of playbook.definition.signals) {
          const counted = countedOf(playbook, occurrences, id).filter((each) => isWithin(cycles.at(-1)!, each));
          expect(signals[id]?.count ?? 0).toBe(counted.length);
        }
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  it('a repeated fact changes nothing', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (log, which) => {
        const facts = log.filter((step): step is { fact: LeadFact } => 'fact' in step);
        const kept = facts.reduce<Kept>(take, lead);
        if (facts.length === 0) return;
        const again = take(kept, facts[which % facts.length]!);
        expect(stagesOf(again)).toEqual(stagesOf(kept));
        expect(again.state).toEqual(kept.state);
      }),
      { numRuns: propertyRuns(700) },
    );
  });
});
