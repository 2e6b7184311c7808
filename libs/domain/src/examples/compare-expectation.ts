/** One thing that came out differently, by its path in `expect`. */
export interface Difference {
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/**
 * Compares what an example expects, any subset, with what came out. Numbers are equal within half a unit of the last decimal
 * written: `decimals` tells it by name (40.50 has two), of other numbers the shortest form counts.
 */
export function compareExpectation(
  expected: Written,
  actual: Written,
  decimals: Readonly<Record<string, number>> = {},
): Difference[] {
  return Object.entries(expected).flatMap(([name, value]) =>
    compareValue({ path: name, expected: value, actual: actual[name] }, decimals[name]),
  );
}

type Written = Readonly<Record<string, unknown>>;

function compareValue({ path, expected, actual }: Difference, decimals?: number): Difference[] {
  if (typeof expected === 'object' && expected !== null && !Array.isArray(expected)) {
    const found = (actual ?? {}) as Written;
    return Object.entries(expected).flatMap(([name, value]) =>
      compareValue({ path: `${path}.${name}`, expected: value, actual: found[name] }),
    );
  }
  return isEqual(expected, actual, decimals) ? [] : [{ path, expected, actual }];
}

function isEqual(expected: unknown, actual: unknown, decimals?: number): boolean {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const halfUnit = 0.5 * 10 ** -(decimals ?? decimalsOf(expected));
    return Math.abs(actual - expected) <= halfUnit * (1 + 1e-9);
  }
  return JSON.stringify(expected) === JSON.stringify(actual);
}

/** Digits behind the point in the number's shortest form: 0 for 30, 2 for 10.27. */
function decimalsOf(number: number): number {
  return /^-?\d+\.(\d+)$/.exec(String(number))?.[1]?.length ?? 0;
}
