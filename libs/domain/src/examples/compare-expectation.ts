/** One thing that came out differently, by its path in `expect`. */
export interface Difference {
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/**
 * Compares what an example expects, any subset, with what came out. Numbers are equal within half a unit of the last decimal
 * written.
 */
export function compareExpectation(
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
): Difference[] {
  return Object.entries(expected).flatMap(([name, value]) => compareValue(name, value, actual[name]));
}

function compareValue(path: string, expected: unknown, actual: unknown): Difference[] {
  if (typeof expected === 'object' && expected !== null && !Array.isArray(expected)) {
    const found = (actual ?? {}) as Readonly<Record<string, unknown>>;
    return Object.entries(expected).flatMap(([name, value]) => compareValue(`${path}.${name}`, value, found[name]));
  }
  return isEqual(expected, actual) ? [] : [{ path, expected, actual }];
}

function isEqual(expected: unknown, actual: unknown): boolean {
  if (typeof expected === 'number' && typeof actual === 'number') {
    return Math.abs(actual - expected) <= halfUnit(expected) * (1 + 1e-9);
  }
  return JSON.stringify(expected) === JSON.stringify(actual);
}

/** Half a unit of the last decimal that the number is written with: 0.5 for 30, 0.005 for 10.27. */
function halfUnit(written: number): number {
  const decimals = /^-?\d+\.(\d+)$/.exec(String(written))?.[1]?.length ?? 0;
  return 0.5 * 10 ** -decimals;
}
