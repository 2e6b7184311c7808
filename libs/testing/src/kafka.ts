import { missingForKafka } from './kafka-programs.js';
import { describeWith } from './requirements.js';

/**
 * `host:port` of the brokers for tests: those of KAFKA_BROKERS, or one node that all suites of this run share. The
 * first suite that asks waits for its start, four seconds; the run ends it. Name topics and groups of your own.
 */
export async function testKafkaBrokers(): Promise<readonly string[]> {
  const given = process.env['KAFKA_BROKERS'];
  if (given) return given.split(',').map((broker) => broker.trim());
  const starter = process.env['BATON_TEST_KAFKA_STARTER'];
  if (!starter)
    throw new Error(
      'No Kafka for tests: run jest with the configuration at the top of the repository, which starts one',
    );
  const answer = await fetch(starter);
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as string[];
}

/** Describes tests that need a Kafka. */
export function describeWithKafka(title: string, tests: () => void): void {
  const missing = process.env['KAFKA_BROKERS'] ? undefined : missingForKafka();
  describeWith(title, missing === undefined, missing ?? '', tests);
}

/** Describes tests that start and kill nodes of their own with `startKafkaCluster`. */
export function describeWithKafkaCluster(title: string, tests: () => void): void {
  const missing = missingForKafka();
  describeWith(title, missing === undefined, missing ?? '', tests);
}
