import { describe } from '@jest/globals';
import { describeCrashes } from './contract/crashes.js';
import { giveInstallations } from './contract/given.js';
import { describeOrder } from './contract/order.js';
import { describePoison } from './contract/poison.js';
import { describeProcesses } from './contract/processes.js';
import { describePublishing } from './contract/publishing.js';
import type { TransportHarness } from './transport-harness.js';

/** What every transport must pass: see `Transport` for the promises. */
export function describeTransport(name: string, harness: TransportHarness): void {
  describe(name, () => {
    const given = giveInstallations(harness);
    describeOrder(given);
    describePublishing(given);
    describeCrashes(given);
    describePoison(given);
    describeProcesses(given);
  });
}
