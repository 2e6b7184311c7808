import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Evidence, noEvidence, type Occurrence } from '../src/evidence/evidence.js';
import { foldEvidence } from '../src/evidence/fold-evidence.js';
import { isEvidence, startCycle } from '../src/evidence/start-cycle.js';
import type { LeadFact } from '../src/lifecycle/lead-fact.js';
import type { Playbook } from '../src/playbook/definition.js';
import { ledgerAt } from '../src/scoring/ledger.js';
import { scoresAt } from '../src/scoring/scores.js';
import { day, hour, identified, revoked, second, start, tracked } from './lead-log.js';
import { aPlaybook } from './playbook-text.js';
import { countedOf, referenceAwards } from './reference-ledger.js';
import { propertyRuns } from './property-runs.js';

const text = {
  signals:
    '{ a: { on: A, intent: high }, b: { on: [B, A], intent: medium, every: 1h }, c: { on: C, intent: negative } }',
  engagement: `{ cap: 60, halfLife: 3d, rules: [
    { id: a1, signal: a, points: 10.1, times: 3 }, { id: a2, signal: a, atLeast: 2, within: 1h, points: 7, times: 2 },
    { id: b3, signal: b, atLeast: 3, within: 1d, points: 5.3, times: 4 }, { id: b1, signal: b, points: 2.7, when: "lead.country == 'DE'" },
    { id: c1, signal: c, points: -9, times: 2 } ] }`,
  fit: `{ rules: [ { id: de, when: "lead.country == 'DE'", points: 8 }, { id: big, when: "account.employees > 100", points: 11 } ] }`,
  sql: `{ enter: [ { id: s, when: "seen('intent:high', '2h') + seen('b') >= 900 && distinct('intent:*', '1d') >= 3" } ] }`,
};
const playbook = aPlaybook(text);
const carrying = aPlaybook({ ...text, lead: '{ carry: true }' });

const gaps = [0, 1, second, hour - 1, hour, hour + 1, day - 1, day];
const when = fc
  .array(fc.constantFrom(...gaps), { minLength: 1, maxLength: 4 })
  .map((parts) => start + parts.reduce((a, b) => a + b, 0));
const event = fc.record({
  name: fc.constantFrom('A', 'B', 'C', 'Traits', 'Account'),
  at: when,
  value: fc.constantFrom('DE', 'FR', 'US'),
});
const facts = fc
  .array(event, { maxLength: 14 })
  .map((events) => events.map((each, index) => factOf(each, `e${String(index).padStart(2, '0')}`)));

function factOf({ name, at, value }: { name: string; at: number; value: string }, id: string): LeadFact {
  if (name === 'Traits') return identified({ at, id }, { country: value });
  if (name === 'Account') return identified({ at, id }, {}, { employees: value === 'DE' ? 500 : 5 });
  return tracked({ at, id }, name);
}

/** Shuffled, and some of them twice or thrice. */
const arrivals = facts.chain((set) =>
  fc.tuple(
    fc.constant(set),
    shuffled([...set]),
    fc.array(fc.nat({ max: Math.max(0, set.length - 1) }), { maxLength: set.length === 0 ? 0 : 4 }),
  ),
);

function shuffled<Item>(items: Item[]): fc.Arbitrary<Item[]> {
  return fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length });
}

interface Stored {
  readonly evidence: Evidence;
  readonly stored: readonly Occurrence[];
}

function foldStored(rules: Playbook, { evidence, stored }: Stored, fact: LeadFact): Stored {
  const first = foldEvidence(rules, evidence, fact, null);
  const fold = 'needs' in first ? foldEvidence(rules, evidence, fact, stored) : first;
  if ('needs' in fold) throw new Error('asked twice');
  return {
    evidence: fold.evidence,
    stored: [...stored, ...fold.newOccurrences].filter((each) => !fold.revoked.includes(each.event)),
  };
}

function foldSet(arriving: readonly LeadFact[], rules = playbook): Stored {
  return arriving.reduce<Stored>((before, fact) => foldStored(rules, before, fact), {
    evidence: noEvidence,
    stored: [],
  });
}

const end = start + 10 * day;

describe('evidence is a set', () => {
  it('the same events in any order, however often repeated, give one score and one ledger', () => {
    fc.assert(
      fc.property(arrivals, ([set, order, repeats]) => {
        const inOrder = foldSet([...set].sort((a, b) => a.at - b.at));
        const asItCame = foldSet([...order, ...repeats.map((index) => set[index]!)]);
        expect(ledgerAt(playbook, asItCame.evidence, end)).toEqual(ledgerAt(playbook, inOrder.evidence, end));
        expect(scoresAt(playbook, asItCame.evidence, end)).toEqual(scoresAt(playbook, inOrder.evidence, end));
        expect(asItCame.evidence.signals).toEqual(inOrder.evidence.signals);
        expect(asItCame.evidence.progress).toEqual(inOrder.evidence.progress);
      }),
      { numRuns: propertyRuns(10_000) },
    );
  });

  it('the ledger is the one that counting everything from scratch gives', () => {
    fc.assert(
      fc.property(arrivals, ([, order]) => {
        const { evidence, stored } = foldSet(order);
        expect(evidence.awards).toEqual(referenceAwards(playbook, stored, evidence.cycles));
        for (const signal of ['a', 'b', 'c']) {
          expect(evidence.signals[signal]?.count ?? 0).toBe(countedOf(playbook, stored, signal).length);
        }
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  it("the ledger's points, added in their order, are the score", () => {
    fc.assert(
      fc.property(facts, fc.nat({ max: 40 * day }), (set, later) => {
        const { evidence } = foldSet(set);
        const { engagement, fit } = ledgerAt(playbook, evidence, start + later);
        const scores = scoresAt(playbook, evidence, start + later);
        const sum = engagement.entries.reduce((total, { points }) => total + points, 0);
        expect(engagement.sum).toBe(sum);
        expect(scores.engagement).toBe(Math.min(60, Math.max(0, sum)));
        expect(scores.fit).toBe(fit.entries.reduce((total, { points }) => total + points, 0));
        expect(scores.total).toBe(scores.fit + scores.engagement);
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  it('taking an event back leaves what the other events give, whenever it happens', () => {
    fc.assert(
      fc.property(
        facts.filter((set) => set.length > 0),
        fc.nat(),
        fc.nat(),
        (set, which, position) => {
          const gone = set[which % set.length]!;
          const engaged = gone.kind === 'engaged';
          const at = position % (set.length + 1);
          const recall = revoked({ at: start + 9 * day, id: 'z' }, gone.eventId);
          const with_ = foldSet([...set.slice(0, at), recall, ...set.slice(at)]);
          const without = foldSet([
            ...set.filter((fact) => !(engaged && fact === gone)),
            revoked({ at: start + 9 * day, id: 'z' }, 'other'),
          ]);
          expect(ledgerAt(playbook, with_.evidence, end)).toEqual(ledgerAt(playbook, without.evidence, end));
          expect(with_.stored.map(({ event: id }) => id).sort()).toEqual(
            without.stored.map(({ event: id }) => id).sort(),
          );
        },
      ),
      { numRuns: propertyRuns(1000) },
    );
  });
});

describe.each([
  ['without carry', playbook],
  ['with carry', carrying],
])('given where cycles start, %s', (_, rules) => {
  const startsAt = fc.tuple(
    fc.constantFrom(...gaps),
    fc.constantFrom(...gaps),
    fc.option(fc.constantFrom('e03', 'e07'), { nil: undefined }),
  );

  it('the same events give one ledger, whether a start is told before, between or after them', () => {
    fc.assert(
      fc.property(arrivals, startsAt, fc.nat(), ([, order], [gap, more, id], position) => {
        const began = { cycle: 2, at: start + gap + more, ...(id === undefined ? {} : { event: id }) };
        const place = position % (order.length + 1);
        const before = foldSet(order.slice(0, place), rules);
        const first = startCycle(rules, before.evidence, began, null);
        const started = isEvidence(first) ? first : startCycle(rules, before.evidence, began, before.stored);
        if (!isEvidence(started)) throw new Error('asked twice');
        const { evidence, stored } = order
          .slice(place)
          .reduce((kept, fact) => foldStored(rules, kept, fact), { ...before, evidence: started });
        expect(evidence.awards).toEqual(referenceAwards(rules, stored, evidence.cycles));
        expect(startCycle(rules, evidence, began, null)).toBe(evidence);
      }),
      { numRuns: propertyRuns(3000) },
    );
  });
});
