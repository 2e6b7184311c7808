import type { EvidenceView, Pattern } from '../src/playbook/definition.js';

export interface ReferenceEvidence {
  readonly occurrences: readonly { readonly at: number; readonly event: string; readonly signal: string }[];
  readonly awards: readonly { readonly at: number; readonly points: number }[];
  readonly fit: number;
  readonly halfLifeMs: number | null;
  readonly cap: number | null;
}

/** Evidence as the specification words it, recounted from scratch at every question. */
export function referenceView({ occurrences, awards, fit, halfLifeMs, cap }: ReferenceEvidence): EvidenceView {
  const matching = (pattern: Pattern) => occurrences.filter(({ signal }) => pattern.signals.has(signal));
  const inside = (pattern: Pattern, withinMs: number | null, now: number) =>
    matching(pattern).filter(({ at }) => at <= now && (withinMs === null || at > now - withinMs));
  const decayed = (points: number, age: number) => (halfLifeMs === null ? points : points * 2 ** (-age / halfLifeMs));
  return {
    decay: { halfLifeMs, cap },
    scores(now) {
      const sum = awards.reduce((total, { at, points }) => total + decayed(points, now - at), 0);
      const engagement = Math.min(cap ?? Infinity, Math.max(0, sum));
      return { fit, engagement, total: fit + engagement, grade: fit >= 20 ? 'A' : 'D', sum };
    },
    occurrences: matching,
    seen: (pattern, withinMs, now) => inside(pattern, withinMs, now).length,
    distinct(pattern, withinMs, now) {
      const counted = inside(pattern, withinMs, now);
      return Math.min(
        new Set(counted.map(({ signal }) => signal)).size,
        new Set(counted.map(({ event }) => event)).size,
      );
    },
    last: (pattern) =>
      matching(pattern).reduce<number | null>((last, { at }) => (last === null || at > last ? at : last), null),
  };
}
