import type { EngagementRule } from '../playbook/definition.js';
import { compareStamps } from './event-order.js';
import type { Award, RuleProgress, Stamp } from './evidence.js';

const nothingYet: RuleProgress = { pending: [], done: 0 };

/** What a rule makes of its signal's next occurrence, in order: its progress, and the award it completes, if any. */
export function advanceRule(
  rule: EngagementRule,
  progress: RuleProgress = nothingYet,
  occurrence: Stamp,
): { readonly progress: RuleProgress; readonly award: Award | null } {
  if (progress.done >= rule.times) {
    return { progress, award: null };
  }
  const counted = [...progress.pending, { at: occurrence.at, event: occurrence.event }];
  if (counted.length < rule.atLeast) {
    return { progress: { pending: counted, done: progress.done }, award: null };
  }
  if (rule.withinMs !== undefined && occurrence.at - counted[0]!.at >= rule.withinMs) {
    return { progress: { pending: counted.slice(1), done: progress.done }, award: null };
  }
  const award = { rule: rule.id, at: occurrence.at, event: occurrence.event };
  return { progress: { pending: [], done: progress.done + 1 }, award };
}

/** The ledger's order: event time, event id, rule id. */
export function compareAwards(left: Award, right: Award): number {
  const order = compareStamps(left, right);
  if (order !== 0 || left.rule === right.rule) {
    return order;
  }
  return left.rule < right.rule ? -1 : 1;
}

/** A copy of the ledger with one more award at its place. */
export function insertAward(awards: readonly Award[], award: Award): readonly Award[] {
  let index = awards.length;
  while (index > 0 && compareAwards(awards[index - 1]!, award) > 0) {
    index -= 1;
  }
  return [...awards.slice(0, index), award, ...awards.slice(index)];
}
