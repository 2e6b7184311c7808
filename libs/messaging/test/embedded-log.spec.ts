import { jest } from '@jest/globals';
import { embeddedLogHarness } from './embedded-log-harness.js';
import { describeTransport } from './transport-contract.js';

// Each test starts several processes with connections of their own; a busy machine needs its time.
jest.setTimeout(30_000);

describeTransport('the embedded log', embeddedLogHarness);
