import type { Playbook } from '../playbook/definition.js';
import { compareStamps, isWithin } from './event-order.js';
import type { CycleStart, Evidence, NeedsHistory, Occurrence, SignalEvidence, Stamp } from './evidence.js';
import { type EvidencePlan, evidencePlan } from './evidence-plan.js';
import { countOccurrence, currentStart, recountSignal } from './record-occurrence.js';

/**
 * Begins cycle `start.cycle` (design/playbook.md, section 7: evidence for a cycle is what happened in it). A cycle that has
 * begun already is left as it is, so the starts of `lead.stages` may be applied as often as they come. Traits, answers and
 * their fit carry over; awards only with `carry: true`. A start equal to the one before keeps all evidence.
 */
export function startCycle(
  playbook: Playbook,
  evidence: Evidence,
  start: CycleStart & { readonly cycle: number },
  history: readonly Occurrence[] | null,
): Evidence | NeedsHistory {
  if (start.cycle <= evidence.cycles.length) {
    return evidence;
  }
  const next: CycleStart = start.event === undefined ? { at: start.at } : { at: start.at, event: start.event };
  const before = currentStart(evidence);
  const cycles = [...evidence.cycles, next];
  if (before.at === next.at && before.event === next.event) {
    return { ...evidence, cycles };
  }
  const incomplete = Object.keys(evidence.signals).filter((signal) => !keepsAllSince(evidence.signals[signal]!, next));
  if (incomplete.length > 0 && history === null) {
    return { needs: 'history', signals: incomplete };
  }
  const fresh = restart(playbook, { ...evidence, cycles }, next);
  const plan = evidencePlan(playbook);
  return incomplete.reduce((state, signal) => recountSignal(plan, state, signal, history ?? []).evidence, fresh);
}

function keepsAllSince({ dropped }: SignalEvidence, start: CycleStart): boolean {
  return dropped === null || !isWithin(start, dropped);
}

/** Empties the counts, then counts again those occurrences that belong to the new cycle. */
function restart(playbook: Playbook, evidence: Evidence, start: CycleStart): Evidence {
  const plan = evidencePlan(playbook);
  const empty: Evidence = {
    ...evidence,
    signals: Object.fromEntries(Object.entries(evidence.signals).map(([id, kept]) => [id, forget(kept)])),
    progress: {},
    awards: plan.carry ? evidence.awards.filter((award) => !isWithin(start, award)) : [],
    recent: [],
    firstCampaign: firstCampaignSince(evidence, start),
  };
  return occurrencesSince(evidence, start).reduce((state, occurrence) => recount(plan, state, occurrence), empty);
}

function forget(kept: SignalEvidence): SignalEvidence {
  return { last: kept.last, counted: kept.counted, count: 0, newest: [], dropped: null };
}

/** Counts an occurrence that is known to count, keeping what is known of the signal's ends. */
function recount(plan: EvidencePlan, evidence: Evidence, occurrence: Occurrence): Evidence {
  const { last, counted } = evidence.signals[occurrence.signal]!;
  const next = countOccurrence(plan, evidence, occurrence);
  const entry = { ...next.signals[occurrence.signal]!, last, counted };
  return { ...evidence, ...next, signals: { ...next.signals, [occurrence.signal]: entry } };
}

function occurrencesSince(evidence: Evidence, start: CycleStart): Occurrence[] {
  const kept = Object.entries(evidence.signals).flatMap(([signal, { newest }]) =>
    newest.map((stamp) => ({ ...stamp, signal })),
  );
  return kept.filter((occurrence) => isWithin(start, occurrence)).sort(compareStamps);
}

function firstCampaignSince({ firstCampaign, lastCampaign }: Evidence, start: CycleStart): Evidence['firstCampaign'] {
  const known = [firstCampaign, lastCampaign].filter((touch): touch is NonNullable<typeof touch> => touch !== null);
  return known.find((touch: Stamp) => isWithin(start, touch)) ?? null;
}

/** Evidence, when it is one. */
export function isEvidence(result: Evidence | NeedsHistory): result is Evidence {
  return 'leadTime' in result;
}
