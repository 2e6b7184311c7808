import type { EvidenceView } from '../playbook/definition.js';
import { dayMs, type SumComparison } from './sum-comparison.js';

/** The last millisecond of the year 9999, the greatest time an RFC 3339 text can say. */
export const latestTime = 253_402_300_799_999;

/**
 * The first millisecond after `now` at which the comparison has another value than at `now`, given no further facts;
 * null when none ever will. Between two closings of windows the sum is constant, or only falls (decay), or only grows
 * (days since), so that one crossing is found there: from the closed form, then exactly.
 */
export function nextFlip(comparison: SumComparison, evidence: EvidenceView, now: number): number | null {
  const holds = comparison.holdsAt(evidence, now);
  let from = now;
  for (const closing of closings(comparison, evidence, now)) {
    const crossing = firstCrossing(comparison, evidence, { from, until: closing, holds });
    if (crossing !== null) return crossing;
    if (comparison.holdsAt(evidence, closing) !== holds) return closing;
    from = closing;
  }
  return firstCrossing(comparison, evidence, { from, until: latestTime, holds });
}

/** A window of length w holds `now − w < at ≤ now`: an occurrence at `a` leaves it at a + w. */
function closings({ windows }: SumComparison, evidence: EvidenceView, now: number): readonly number[] {
  if (windows.length === 0) return [];
  const times = new Set<number>();
  for (const { pattern, withinMs } of windows) {
    for (const { at } of evidence.occurrences(pattern)) {
      if (at > now) times.add(at);
      if (at + withinMs > now && at + withinMs < latestTime) times.add(at + withinMs);
    }
  }
  return [...times].sort((a, b) => a - b);
}

interface Segment {
  readonly from: number;
  /** Exclusive. */
  readonly until: number;
  readonly holds: boolean;
}

/** On its way past the literal a sum may equal it, so its sign changes at most twice. */
function firstCrossing(
  comparison: SumComparison,
  evidence: EvidenceView,
  { from, until, holds }: Segment,
): number | null {
  if (comparison.moves === 'never') return null;
  let start = from;
  for (let change = 0; change < 2; change++) {
    const next = firstSignChange(comparison, evidence, { from: start, last: until - 1 });
    if (next === null) return null;
    if (comparison.holdsAt(evidence, next) !== holds) return next;
    start = next;
  }
  return null;
}

function firstSignChange(
  comparison: SumComparison,
  evidence: EvidenceView,
  { from, last }: { from: number; last: number },
): number | null {
  const signAt = (at: number) => Math.sign(comparison.sumAt(evidence, at) - comparison.literal);
  const sign = signAt(from);
  if (last <= from || signAt(last) === sign) return null;
  let [same, changed] = [from, last];
  const guess = closedForm(comparison, evidence, from);
  for (const probe of [guess - 2, guess + 2]) {
    if (!(probe > same && probe < changed)) continue;
    if (signAt(probe) === sign) same = probe;
    else changed = probe;
  }
  while (changed - same > 1) {
    const middle = same + Math.floor((changed - same) / 2);
    if (signAt(middle) === sign) same = middle;
    else changed = middle;
  }
  return changed;
}

/**
 * Where the sum meets the literal, to within rounding; NaN when there is no such place. Engagement halves every
 * half-life, E(t) = E(now) · 2^(−(t − now) / h), until the cap no longer hides it; days since grow by one a day.
 */
function closedForm({ terms, literal, moves, sumAt }: SumComparison, evidence: EvidenceView, from: number): number {
  const sum = sumAt(evidence, from);
  if (moves === 'grows') {
    const growing = terms.filter((term) => term.kind === 'since').length;
    return Math.floor(from + ((literal - sum) / growing) * dayMs);
  }
  const { engagement, sum: uncapped } = evidence.scores(from);
  // The fit does not fall, but it stands in no sum.
  const falling = terms.filter((term) => term.kind === 'score').length;
  const target = engagement + (literal - sum) / falling;
  return Math.floor(from + (evidence.decay.halfLifeMs ?? Number.NaN) * Math.log2(uncapped / target));
}
