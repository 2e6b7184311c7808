import type { Award, CycleStart, Occurrence } from '../src/evidence/evidence.js';
import type { Playbook } from '../src/playbook/definition.js';

/** The awards of a set of occurrences, told naively from design/playbook.md, section 6: everything from scratch. */
export function referenceAwards(
  playbook: Playbook,
  occurrences: readonly Occurrence[],
  cycles: readonly CycleStart[],
): Award[] {
  const { engagement } = playbook.definition.scores;
  const carry = playbook.definition.stages.lead?.carry === true;
  const judged = carry ? cycles.map((_, index) => index) : [cycles.length - 1];
  const awards = engagement.rules.flatMap((rule) => {
    const counted = countedOf(playbook, occurrences, rule.signal);
    return judged.flatMap((cycle) => {
      const mine = counted.filter(
        (each) => begun(cycles[cycle]!, each) && !(cycle + 1 < cycles.length && begun(cycles[cycle + 1]!, each)),
      );
      const found: Award[] = [];
      let first = 0;
      for (let last = 0; last < mine.length && found.length < rule.times; last += 1) {
        const from = last - rule.atLeast + 1;
        if (from < first || mine[last]!.at - mine[from]!.at >= (rule.withinMs ?? Number.POSITIVE_INFINITY)) {
          continue;
        }
        found.push({ rule: rule.id, at: mine[last]!.at, event: mine[last]!.event });
        first = last + 1;
      }
      return found;
    });
  });
  return awards.sort((a, b) => a.at - b.at || compare(a.event, b.event) || compare(a.rule, b.rule));
}

/** The occurrences of a signal that count, oldest first, over the lead's whole life. */
export function countedOf(playbook: Playbook, occurrences: readonly Occurrence[], signal: string): Occurrence[] {
  const everyMs = playbook.definition.signals.find(({ id }) => id === signal)?.everyMs ?? 0;
  const mine = new Map(occurrences.filter((each) => each.signal === signal).map((each) => [each.event, each]));
  const sorted = [...mine.values()].sort((a, b) => a.at - b.at || compare(a.event, b.event));
  const counted: Occurrence[] = [];
  for (const each of sorted) {
    if (counted.length === 0 || each.at - counted.at(-1)!.at >= everyMs) {
      counted.push(each);
    }
  }
  return counted;
}

function begun(start: CycleStart, { at, event }: Occurrence): boolean {
  return start.at === null || at > start.at || (at === start.at && (start.event === undefined || event >= start.event));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
