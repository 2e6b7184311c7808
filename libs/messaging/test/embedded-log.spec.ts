import { embeddedLogHarness } from './embedded-log-harness.js';
import { describeTransport } from './transport-contract.js';

describeTransport('the embedded log', embeddedLogHarness);
