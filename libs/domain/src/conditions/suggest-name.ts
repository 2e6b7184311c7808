/**
 * The known name that `written` was most likely meant to be, or null when none is close: at most two slips
 * (a letter missing, added, wrong or swapped with its neighbour), one in names of up to four letters; case is free.
 */
export function suggestName(written: string, known: Iterable<string>): string | null {
  const limit = written.length <= 4 ? 1 : 2;
  let best: string | null = null;
  let bestSlips = limit + 1;
  for (const name of known) {
    const slips = slipsBetween(written.toLowerCase(), name.toLowerCase());
    if (slips < bestSlips) {
      best = name;
      bestSlips = slips;
    }
  }
  return best;
}

/** `; did you mean "title"?` or nothing, to be put behind a refusal. */
export function didYouMean(written: string, known: Iterable<string>, prefix = ''): string {
  const name = suggestName(written, known);
  return name === null ? '' : `; did you mean "${prefix}${name}"?`;
}

/** Optimal string alignment distance. */
function slipsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let slips = Math.min(changed, last[j]! + 1, row[j - 1]! + 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) slips = Math.min(slips, beforeLast[j - 2]! + 1);
      row.push(slips);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
