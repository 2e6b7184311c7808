import { afterEach, beforeEach } from '@jest/globals';
import { type PipelineOptions, startPipeline } from '../pipeline.js';
import type { Installation, TestProcess, TransportHarness } from '../transport-harness.js';

/** What each test of the contract is given: an installation of its own. */
export interface Given {
  readonly installation: Installation;
  pipeline(options?: PipelineOptions): Promise<TestProcess>;
}

/** Makes an installation before each test and drops it afterwards. */
export function giveInstallations(harness: TransportHarness): Given {
  let installation: Installation;

  beforeEach(async () => {
    installation = await harness.installation();
  });

  afterEach(async () => {
    await installation.drop();
  });

  return {
    get installation() {
      return installation;
    },
    pipeline: (options) => startPipeline(installation, options),
  };
}
