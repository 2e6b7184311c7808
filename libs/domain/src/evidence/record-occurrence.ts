import { advanceRule, compareAwards, insertAward } from './award-rules.js';
import { compareStamps, insertNewest, isWithin, sortOccurrences } from './event-order.js';
import type { Evidence, Occurrence, RuleProgress, SignalEvidence, Stamp } from './evidence.js';
import type { EvidencePlan } from './evidence-plan.js';

const recentLimit = 20;

/** The part of evidence that occurrences change. */
type Counted = Pick<Evidence, 'signals' | 'progress' | 'awards' | 'recent'>;

/**
 * Whether an occurrence can be appended to what is kept of its signal, or is a repeat of the last, or late. One of an
 * earlier cycle whose awards are carried on is late, too: what counted there is no longer kept.
 */
export function placeOf(plan: EvidencePlan, evidence: Evidence, occurrence: Occurrence): 'next' | 'repeat' | 'late' {
  const kept = evidence.signals[occurrence.signal];
  const order = kept === undefined ? 1 : compareStamps(occurrence, kept.last);
  if (order === 0) {
    return 'repeat';
  }
  const carriedOn = plan.carry && !isWithin(currentStart(evidence), occurrence);
  return order > 0 && !carriedOn ? 'next' : 'late';
}

/** Adds an occurrence that is later than all others of its signal; says whether it counts (`every`). */
export function appendOccurrence(
  plan: EvidencePlan,
  evidence: Evidence,
  { signal, at, event }: Occurrence,
): { readonly evidence: Evidence; readonly counts: boolean } {
  const stamp = { at, event };
  const kept = evidence.signals[signal];
  const everyMs = plan.signals.get(signal)?.everyMs ?? 0;
  const counts = kept === undefined || at - kept.counted.at >= everyMs;
  const inCycle = counts && isWithin(currentStart(evidence), stamp);
  if (!inCycle) {
    const signals = { ...evidence.signals, [signal]: passOver(kept, stamp, counts) };
    return { evidence: { ...evidence, signals }, counts };
  }
  return { evidence: { ...evidence, ...countOccurrence(plan, evidence, { signal, at, event }) }, counts };
}

/** What is kept of a signal after an occurrence that does not count in this cycle. */
function passOver(kept: SignalEvidence | undefined, stamp: Stamp, counts: boolean): SignalEvidence {
  if (kept === undefined) {
    return { last: stamp, counted: stamp, count: 0, newest: [], dropped: null };
  }
  return { ...kept, last: stamp, counted: counts ? stamp : kept.counted };
}

/** Counts an occurrence of this cycle that is later than all others of its signal. */
export function countOccurrence(plan: EvidencePlan, evidence: Counted, occurrence: Occurrence): Counted {
  const { signal, at, event } = occurrence;
  const stamp = { at, event };
  const kept = evidence.signals[signal];
  const newest = [...(kept?.newest ?? []), stamp];
  const dropped = newest.length > (plan.keep.get(signal) ?? 1) ? newest.shift()! : (kept?.dropped ?? null);
  const entry = { last: stamp, counted: stamp, count: (kept?.count ?? 0) + 1, newest, dropped };
  return {
    signals: { ...evidence.signals, [signal]: entry },
    recent: insertNewest(evidence.recent, occurrence, { limit: recentLimit, compare: compareOccurrences }),
    ...advanceRules(plan, evidence, occurrence),
  };
}

function advanceRules(
  plan: EvidencePlan,
  { progress, awards }: Counted,
  occurrence: Occurrence,
): Pick<Counted, 'progress' | 'awards'> {
  const rules = plan.rulesOf.get(occurrence.signal) ?? [];
  if (rules.length === 0) {
    return { progress, awards };
  }
  const next: Record<string, RuleProgress> = { ...progress };
  let ledger = awards;
  for (const rule of rules) {
    const step = advanceRule(rule, next[rule.id], occurrence);
    next[rule.id] = step.progress;
    ledger = step.award === null ? ledger : insertAward(ledger, step.award);
  }
  return { progress: next, awards: ledger };
}

/** Counts one signal anew from all its occurrences: what is kept becomes what it would have been had they come in order. */
export function recountSignal(
  plan: EvidencePlan,
  evidence: Evidence,
  signal: string,
  all: readonly Occurrence[],
): { readonly evidence: Evidence; readonly counted: readonly Occurrence[] } {
  const sorted = sortOccurrences(all.filter((occurrence) => occurrence.signal === signal));
  const counted = thinOut(sorted, plan.signals.get(signal)?.everyMs ?? 0);
  const rules = new Set((plan.rulesOf.get(signal) ?? []).map((rule) => rule.id));
  const { [signal]: _forgotten, ...signals } = evidence.signals;
  const others: Counted = {
    signals,
    progress: Object.fromEntries(Object.entries(evidence.progress).filter(([rule]) => !rules.has(rule))),
    awards: evidence.awards.filter((award) => !rules.has(award.rule)),
    recent: evidence.recent.filter((occurrence) => occurrence.signal !== signal),
  };
  const start = currentStart(evidence);
  const ofThisCycle = counted.filter((stamp) => isWithin(start, stamp));
  const recounted = ofThisCycle.reduce((state, occurrence) => countOccurrence(plan, state, occurrence), others);
  const carried = plan.carry ? carriedAwards(plan, evidence, counted) : [];
  const next = {
    ...evidence,
    ...recounted,
    awards: carried.length === 0 ? recounted.awards : [...recounted.awards, ...carried].sort(compareAwards),
    signals: withEnds(recounted.signals, signal, { last: sorted.at(-1), counted: counted.at(-1) }),
  };
  return { evidence: next, counted };
}

function withEnds(
  signals: Counted['signals'],
  signal: string,
  { last, counted }: { last: Occurrence | undefined; counted: Occurrence | undefined },
): Counted['signals'] {
  if (last === undefined || counted === undefined) {
    return signals;
  }
  const kept = signals[signal] ?? { count: 0, newest: [], dropped: null };
  const ends = { last: { at: last.at, event: last.event }, counted: { at: counted.at, event: counted.event } };
  return { ...signals, [signal]: { ...kept, ...ends } };
}

/** Awards of one signal's rules in the cycles before this one (`carry: true`). */
function carriedAwards(plan: EvidencePlan, evidence: Evidence, counted: readonly Occurrence[]): Evidence['awards'] {
  return evidence.cycles.slice(0, -1).flatMap((start, index) => {
    const next = evidence.cycles[index + 1]!;
    const ofCycle = counted.filter((stamp) => isWithin(start, stamp) && !isWithin(next, stamp));
    const empty: Counted = { signals: {}, progress: {}, awards: [], recent: [] };
    return ofCycle.reduce((state, occurrence) => countOccurrence(plan, state, occurrence), empty).awards;
  });
}

/** The first counts, then each that is at least `everyMs` after the last that counted. */
function thinOut(sorted: readonly Occurrence[], everyMs: number): Occurrence[] {
  const counted: Occurrence[] = [];
  for (const occurrence of sorted) {
    const last = counted.at(-1);
    if (last === undefined || occurrence.at - last.at >= everyMs) {
      counted.push(occurrence);
    }
  }
  return counted;
}

export function currentStart(evidence: Pick<Evidence, 'cycles'>): Evidence['cycles'][number] {
  return evidence.cycles[evidence.cycles.length - 1] ?? { at: null };
}

function compareOccurrences(left: Occurrence, right: Occurrence): number {
  const order = compareStamps(left, right);
  if (order !== 0 || left.signal === right.signal) {
    return order;
  }
  return left.signal < right.signal ? -1 : 1;
}
