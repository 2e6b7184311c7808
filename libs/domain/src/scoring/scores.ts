import { type EvidencePlan, evidencePlan } from '../evidence/evidence-plan.js';
import type { Award, Evidence, Grade } from '../evidence/evidence.js';
import type { Playbook } from '../playbook/definition.js';

/** A lead's scores at one moment; `sum` is the engagement before floor and cap. Unrounded doubles. */
export interface ScoresAt {
  readonly fit: number;
  readonly engagement: number;
  readonly total: number;
  readonly grade: Grade;
  readonly sum: number;
}

/**
 * The scores at `at` (epoch ms) given no further facts; a moment before the lead time counts as the lead time.
 * design/playbook.md, section 6: points × 2^(−(now − at) / halfLife), summed in the ledger's order, floored at 0, capped.
 */
export function scoresAt(playbook: Playbook, evidence: Evidence, at: number): ScoresAt {
  const { cap } = playbook.definition.scores.engagement;
  const sum = engagementSum(playbook, evidence, at);
  const engagement = Math.max(0, cap === undefined ? sum : Math.min(cap, sum));
  const { fit, grade } = evidence.profile;
  return { fit, engagement, total: fit + engagement, grade, sum };
}

/** What one award is worth at `at`. */
export function pointsAt(
  award: Award,
  points: number,
  { halfLifeMs, at }: { halfLifeMs: number | undefined; at: number },
): number {
  return halfLifeMs === undefined ? points : points * 2 ** (-(at - award.at) / halfLifeMs);
}

/** The awards that count now, in the ledger's order, with their points. */
export function countingAwards(
  plan: EvidencePlan,
  { awards, profile }: Evidence,
): { readonly award: Award; readonly points: number }[] {
  return awards.flatMap((award) => {
    const rule = plan.rules.get(award.rule);
    return rule === undefined || profile.muted.includes(award.rule) ? [] : [{ award, points: rule.points }];
  });
}

function engagementSum(playbook: Playbook, evidence: Evidence, at: number): number {
  const { rules } = evidencePlan(playbook);
  const { halfLifeMs } = playbook.definition.scores.engagement;
  const { muted } = evidence.profile;
  const moment = { halfLifeMs, at: Math.max(at, evidence.leadTime ?? at) };
  let sum = 0;
  for (const award of evidence.awards) {
    const rule = rules.get(award.rule);
    if (rule !== undefined && !muted.includes(award.rule)) {
      sum += pointsAt(award, rule.points, moment);
    }
  }
  return sum;
}
