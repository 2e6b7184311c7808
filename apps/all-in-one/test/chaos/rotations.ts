import type { Decided } from './decided.js';

/**
 * A turn is recorded with what everybody had waited up before it. Each such state but the first must be what exactly one
 * other turn left behind.
 */
export function rotationFaults(decisions: readonly Decided[]): { turns: Map<string, number>; faults: string[] } {
  const turns = new Map<string, number>();
  const faults: string[] = [];
  const chosen = decisions.filter(({ data }) => data.decision.by === 'rule' || data.decision.by === 'escalation');
  for (const [rule, own] of Map.groupBy(chosen, ({ data }) => data.decision.rule ?? '')) {
    turns.set(rule, own.length);
    const open = new Map<string, number>();
    const add = (state: string, by: number): void => void open.set(state, (open.get(state) ?? 0) + by);
    for (const { data } of own) {
      const { considered } = data.decision.tried.at(-1)!;
      const before = Object.fromEntries(considered.map(({ rep, rotation }) => [rep, rotation ?? 0]));
      const after = { ...before };
      let sum = 0;
      for (const { rep, eligible, weight } of considered) {
        if (!eligible) continue;
        after[rep] = (after[rep] ?? 0) + (weight ?? 1);
        sum += weight ?? 1;
      }
      after[data.owner.rep!] = (after[data.owner.rep!] ?? 0) - sum;
      add(JSON.stringify(before), -1);
      add(JSON.stringify(after), 1);
    }
    // One state was there at first and is left by nobody, one is left at the end and is found by nobody.
    const ends = [...open.values()].filter((count) => count !== 0);
    const isChain = ends.length === 0 || (ends.length === 2 && ends.includes(1) && ends.includes(-1));
    if (!isChain) faults.push(`rotation of ${rule}: ${JSON.stringify([...open].filter(([, count]) => count !== 0))}`);
  }
  return { turns, faults };
}
