import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Condition, Scope } from '../src/playbook/definition.js';
import { conditionOf } from './conditions.js';
import { type ReferenceEvidence, referenceView } from './reference-view.js';
import { propertyRuns } from './property-runs.js';

const now = 3000;
const span = 4000;

const op = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const pattern = fc.constantFrom('demo-request', 'intent:high', 'intent:*', 'offer:*', 'intent:negative');
const count = fc
  .tuple(fc.constantFrom('seen', 'distinct'), pattern, fc.constantFrom('', ", '1s'", ", '2s'", ", '3s'"))
  .map(([name, of, window]) => `${name}('${of}'${window})`);
const since = pattern.map((of) => `daysSince('${of}')`);
const score = fc.constantFrom('score.engagement', 'score.total');
const sumOf = (...terms: fc.Arbitrary<string>[]) =>
  fc.array(fc.oneof(...terms), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' + '));
const comparison = fc
  .oneof(
    fc.tuple(sumOf(count), op, fc.integer({ min: 0, max: 4 })),
    fc.tuple(
      sumOf(count, score),
      op,
      fc.oneof(fc.integer({ min: 0, max: 45 }), fc.double({ min: 0, max: 45, noNaN: true })),
    ),
    fc.tuple(
      sumOf(count, since),
      op,
      fc
        .tuple(fc.integer({ min: 0, max: 2 }), fc.double({ min: 0, max: 0.0002, noNaN: true }))
        .map(([whole, part]) => whole + part),
    ),
    fc.tuple(since, op, fc.double({ min: 0, max: 0.0001, noNaN: true })),
  )
  .map(([sum, sign, literal]) => `${sum} ${sign} ${plain(literal)}`);

const evidence: fc.Arbitrary<ReferenceEvidence> = fc.record({
  occurrences: fc
    .array(
      fc.record({
        at: fc.integer({ min: 0, max: now }),
        event: fc.constantFrom('e1', 'e2', 'e3'),
        signal: fc.constantFrom('demo-request', 'pricing-view', 'download', 'unsubscribed'),
      }),
      { maxLength: 6 },
    )
    .map((list) => list.toSorted((a, b) => a.at - b.at)),
  awards: fc.array(fc.record({ at: fc.integer({ min: 0, max: now }), points: fc.integer({ min: -20, max: 40 }) }), {
    maxLength: 5,
  }),
  fit: fc.integer({ min: 0, max: 30 }),
  halfLifeMs: fc.integer({ min: 200, max: 5000 }),
  cap: fc.option(fc.integer({ min: 5, max: 50 })),
});

function plain(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(12);
}

/** The first millisecond of the span at which one of the comparisons has another value than now. */
function firstFlipByStepping(conditions: readonly Condition[], scope: Scope): number | null {
  const before = conditions.map((condition) => condition.evaluate(scope));
  for (let at = now + 1; at <= now + span; at++) {
    if (conditions.some((condition, index) => condition.evaluate({ ...scope, now: at }) !== before[index])) return at;
  }
  return null;
}

describe('nextFlip', () => {
  it('agrees with trying every millisecond, for counts, windows, days since and decaying scores with cap and floor', () => {
    const runs = propertyRuns(1200);
    let flips = 0;
    fc.assert(
      fc.property(fc.array(comparison, { minLength: 1, maxLength: 3 }), evidence, (comparisons, given) => {
        const scope: Scope = { now, evidence: referenceView(given) };
        const found = conditionOf(comparisons.join(' && ')).nextFlip(scope);
        const stepped = firstFlipByStepping(
          comparisons.map((text) => conditionOf(text)),
          scope,
        );
        flips += stepped === null ? 0 : 1;
        expect(found !== null && found <= now + span ? found : null).toBe(stepped);
      }),
      { numRuns: runs },
    );
    expect(flips).toBeGreaterThan(runs / 12 - 10);
  });
});
