import type { CycleStart, Stamp } from './evidence.js';

/** The order of all evidence: event time, then event id by code units. Negative when `left` comes first. */
export function compareStamps(left: Stamp, right: Stamp): number {
  if (left.at !== right.at) {
    return left.at - right.at;
  }
  if (left.event === right.event) {
    return 0;
  }
  return left.event < right.event ? -1 : 1;
}

/** Whether an occurrence belongs to a cycle that begins at `start` (or to a later one). */
export function isWithin(start: CycleStart, stamp: Stamp): boolean {
  if (start.at === null || stamp.at > start.at) {
    return true;
  }
  return stamp.at === start.at && (start.event === undefined || stamp.event >= start.event);
}

/**
 * A copy of `list` with `item` at its place, oldest first, cut to the newest `limit`; the same list when `item` is too old
 * or there already. `compare` is a total order: zero says that two items are the same.
 */
export function insertNewest<Item>(
  list: readonly Item[],
  item: Item,
  { limit, compare }: { limit: number; compare: (left: Item, right: Item) => number },
): readonly Item[] {
  let index = list.length;
  while (index > 0 && compare(list[index - 1]!, item) > 0) {
    index -= 1;
  }
  const isKnown = index > 0 && compare(list[index - 1]!, item) === 0;
  if (isKnown || (index === 0 && list.length >= limit)) {
    return list;
  }
  return [...list.slice(0, index), item, ...list.slice(index)].slice(-limit);
}

/** Sorted oldest first, one per event. */
export function sortOccurrences<Item extends Stamp>(occurrences: readonly Item[]): Item[] {
  const sorted = [...occurrences].sort(compareStamps);
  return sorted.filter((item, index) => index === 0 || sorted[index - 1]!.event !== item.event);
}
