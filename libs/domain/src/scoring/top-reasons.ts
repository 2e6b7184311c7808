import type { Evidence } from '../evidence/evidence.js';
import type { Playbook } from '../playbook/definition.js';
import { ledgerAt } from './ledger.js';

/** An award or a held fit rule with what it adds now. */
export interface ScoreReason {
  readonly rule: string;
  readonly points: number;
  readonly at?: number;
  readonly event?: string;
}

/** The awards and fit rules with the most points at `at`, at most `limit`, most points first. */
export function topReasons(
  playbook: Playbook,
  evidence: Evidence,
  { at, limit = 5 }: { at: number; limit?: number },
): ScoreReason[] {
  const { engagement, fit } = ledgerAt(playbook, evidence, at);
  const earned = engagement.entries.map(({ rule, points, at: earnedAt, event }) => ({
    rule,
    points,
    at: earnedAt,
    event,
  }));
  const held = fit.entries.map(({ rule, points }) => ({ rule, points }));
  const reasons: ScoreReason[] = [...earned, ...held];
  return reasons
    .filter(({ points }) => points > 0)
    .sort((left, right) => right.points - left.points)
    .slice(0, limit);
}
