import type { WrittenPlaybook } from './playbook-shape.js';

/** The greatest scores that any evidence can reach under a playbook; Infinity where points have no end. */
export interface PointLimits {
  readonly fit: number;
  readonly engagement: number;
  /** Lower bounds of the grades, null without grades. */
  readonly grades: Readonly<Record<'A' | 'B' | 'C', number>> | null;
}

/** Adds up what the rules of a file can award at most: each rule all its times at one moment, up to the cap. */
export function pointLimits({ scores, stages }: WrittenPlaybook): PointLimits {
  const earned = (scores?.engagement?.rules ?? []).map((rule) => Math.max(0, rule.points ?? Infinity) * (rule.times ?? 1));
  const once = earned.reduce((sum, points) => sum + points, 0);
  const carried = stages?.lead?.carry === true && once > 0 ? Infinity : once;
  const fit = (scores?.fit?.rules ?? []).reduce((sum, rule) => sum + Math.max(0, rule.points ?? Infinity), 0);
  const grades = scores?.fit?.grades?.value;
  return {
    fit,
    engagement: Math.min(carried, scores?.engagement?.cap ?? Infinity),
    grades: grades === undefined ? null : { A: grades.A ?? 0, B: grades.B ?? 0, C: grades.C ?? 0 },
  };
}
