import { describe, it } from '@jest/globals';

/**
 * Describes tests that need a part which a machine may lack. Without it they count as skipped and one loud line says
 * what is missing and how to get it (`SKIPPED browser tests: no Chromium; apt-get install chromium`); with CI=true a
 * missing part is a failure. `available` is true, or a non-empty string such as the part's path.
 */
export function describeWith(partName: string, available: boolean | string, hint: string, tests: () => void): void {
  if (available) {
    describe(partName, tests);
    return;
  }
  if (process.env['CI'] === 'true') {
    it(`${partName} run in CI`, () => {
      throw new Error(`${partName} cannot run: ${hint}`);
    });
    return;
  }
  process.stderr.write(`SKIPPED ${partName}: ${hint}\n`);
  describe.skip(partName, tests);
}
