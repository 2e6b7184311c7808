const share = Number(process.env['BATON_TEST_RUNS_SHARE'] ?? 1);

/** How often a property is tried: `full` times, or that share of it which BATON_TEST_RUNS_SHARE names (0 to 1), at least five. */
export function propertyRuns(full: number): number {
  return share < 1 ? Math.max(5, Math.ceil(full * share)) : full;
}
