import { evidencePlan } from '../evidence/evidence-plan.js';
import type { Evidence } from '../evidence/evidence.js';
import type { Playbook } from '../playbook/definition.js';
import { countingAwards, pointsAt, scoresAt } from './scores.js';

export interface EngagementEntry {
  readonly rule: string;
  readonly signal: string;
  readonly event: string;
  readonly at: number;
  /** Points when they were earned, and what is left of them. */
  readonly awarded: number;
  readonly points: number;
}

export interface FitEntry {
  readonly rule: string;
  readonly points: number;
  /** The fields that made it hold, with their values. */
  readonly because: Readonly<Record<string, unknown>>;
}

/** `value` is the sum floored at 0 and capped. The entries' points, added in their order, are exactly `sum`. */
export interface Ledger {
  readonly engagement: { readonly value: number; readonly sum: number; readonly entries: readonly EngagementEntry[] };
  readonly fit: { readonly value: number; readonly sum: number; readonly entries: readonly FitEntry[] };
}

/** Why the scores are what they are at `at` (epoch ms), entry by entry; order: event time, event id, rule id. */
export function ledgerAt(playbook: Playbook, evidence: Evidence, at: number): Ledger {
  const plan = evidencePlan(playbook);
  const { halfLifeMs } = playbook.definition.scores.engagement;
  const moment = { halfLifeMs, at: Math.max(at, evidence.leadTime ?? at) };
  const entries = countingAwards(plan, evidence).map(({ award, points }) => ({
    rule: award.rule,
    signal: plan.rules.get(award.rule)!.signal,
    event: award.event,
    at: award.at,
    awarded: points,
    points: pointsAt(award, points, moment),
  }));
  const { engagement, sum } = scoresAt(playbook, evidence, at);
  const { fit, fitSum } = evidence.profile;
  return {
    engagement: { value: engagement, sum, entries },
    fit: { value: fit, sum: fitSum, entries: fitEntries(playbook, evidence) },
  };
}

function fitEntries({ definition }: Playbook, evidence: Evidence): FitEntry[] {
  const { lead, account, answers, leadTime } = evidence;
  const scope = { now: leadTime ?? 0, lead, account, answers };
  const held = new Set(evidence.profile.fitRules);
  const rules = definition.scores.fit.rules.filter(({ id }) => held.has(id));
  return rules.map(({ id, points, when }) => ({ rule: id, points, because: when.values(scope) }));
}
