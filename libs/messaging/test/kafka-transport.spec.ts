import { describeWithKafka } from '@baton/testing/kafka';
import { jest } from '@jest/globals';
import { kafkaHarness } from './kafka-harness.js';
import { describeTransport } from './transport-contract.js';

// A dead member's partitions are another's only after its session's timeout.
jest.setTimeout(60_000);

describeWithKafka('Kafka transport tests', () => {
  describeTransport('Kafka', kafkaHarness);
});
