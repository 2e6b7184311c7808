/**
 * The value below which the share `p` (0 to 1) of the values lies, by linear interpolation between the two nearest
 * (h = (n − 1)·p, the default of numpy and of `percentile_cont`). Null of no values.
 */
export function percentile(values: readonly number[], p: number): number | null {
  const sorted = Float64Array.from(values).sort();
  const last = sorted.length - 1;
  if (last < 0) return null;
  const position = Math.min(Math.max(p, 0), 1) * last;
  const below = sorted[Math.floor(position)] ?? NaN;
  const above = sorted[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** The middle value; of an even number the mean of the two middle ones. Null of no values. */
export function median(values: readonly number[]): number | null {
  return percentile(values, 0.5);
}
