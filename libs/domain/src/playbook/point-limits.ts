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
  const { engagement, fit } = scores ?? {};
  const once = mostPoints(engagement?.rules ?? []);
  // Carried over from cycle to cycle, awards add up without end.
  const reached = stages?.lead?.carry === true && once > 0 ? Infinity : once;
  return {
    fit: mostPoints(fit?.rules ?? []),
    engagement: Math.min(reached, engagement?.cap ?? Infinity),
    grades: gradesOf(fit?.grades?.value),
  };
}

/** Points that could not be read are no reason for a fault elsewhere. */
function mostPoints(
  rules: readonly { readonly points?: number | undefined; readonly times?: number | undefined }[],
): number {
  return rules.reduce((sum, { points = Infinity, times = 1 }) => sum + Math.max(0, points) * times, 0);
}

function gradesOf(written: Partial<Record<'A' | 'B' | 'C', number | undefined>> | undefined): PointLimits['grades'] {
  return written === undefined ? null : { A: written.A ?? 0, B: written.B ?? 0, C: written.C ?? 0 };
}
