import type { EvidenceView, Pattern, Playbook, Scope, StageId } from '../playbook/definition.js';
import { scoresAt } from '../scoring/scores.js';
import { compareStamps } from './event-order.js';
import type { Evidence, Occurrence, Stamp } from './evidence.js';

/** The whole scope of a stage's condition. `now` and `stage` may be replaced in a copy. */
export function stageScope(
  playbook: Playbook,
  evidence: Evidence,
  { now, stage }: { now: number; stage: StageId },
): Scope {
  const { lead, account, answers, cycles } = evidence;
  return { now, lead, account, answers, stage, cycle: cycles.length, evidence: evidenceView(playbook, evidence) };
}

/** What conditions see of a lead's evidence. Counts inside a window are exact as far as any condition compares them. */
function evidenceView(playbook: Playbook, evidence: Evidence): EvidenceView {
  const { halfLifeMs, cap } = playbook.definition.scores.engagement;
  return {
    scores: (at) => scoresAt(playbook, evidence, at),
    decay: { halfLifeMs: halfLifeMs ?? null, cap: cap ?? null },
    occurrences: (pattern) => occurrencesOf(evidence, pattern),
    seen: (pattern, withinMs, at) => seen(evidence, pattern, { withinMs, at }),
    distinct: (pattern, withinMs, at) => distinct(evidence, pattern, { withinMs, at }),
    last: (pattern) => last(evidence, pattern),
  };
}

interface Window {
  readonly withinMs: number | null;
  readonly at: number;
}

function isInside(stamp: Stamp, { withinMs, at }: Window): boolean {
  return stamp.at <= at && (withinMs === null || stamp.at > at - withinMs);
}

function seen({ signals }: Evidence, pattern: Pattern, window: Window): number {
  let count = 0;
  for (const signal of pattern.signals) {
    const kept = signals[signal];
    if (kept !== undefined) {
      count += window.withinMs === null ? kept.count : countInside(kept.newest, window);
    }
  }
  return count;
}

function countInside(newest: readonly Stamp[], window: Window): number {
  let count = 0;
  for (let index = newest.length - 1; index >= 0 && isInside(newest[index]!, window); index -= 1) {
    count += 1;
  }
  return count;
}

function distinct({ signals }: Evidence, pattern: Pattern, window: Window): number {
  const events = new Set<string>();
  let different = 0;
  for (const signal of pattern.signals) {
    const inside = (signals[signal]?.newest ?? []).filter((stamp) => isInside(stamp, window));
    different += inside.length > 0 ? 1 : 0;
    for (const stamp of inside) {
      events.add(stamp.event);
    }
  }
  return Math.min(different, events.size);
}

function last({ signals }: Evidence, pattern: Pattern): number | null {
  let latest: number | null = null;
  for (const signal of pattern.signals) {
    const at = signals[signal]?.newest.at(-1)?.at;
    if (at !== undefined && (latest === null || at > latest)) {
      latest = at;
    }
  }
  return latest;
}

function occurrencesOf({ signals }: Evidence, pattern: Pattern): Occurrence[] {
  const found = [...pattern.signals].flatMap((signal) =>
    (signals[signal]?.newest ?? []).map((stamp) => ({ ...stamp, signal })),
  );
  return found.sort(compareStamps);
}
