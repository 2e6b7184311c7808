import { type Positions, onBroker } from '@baton/messaging/record';
import type { Transport } from '@baton/messaging/transport';
import type { ServiceDefinition } from './define-service.js';
import { type Measuring, measureReachable } from './measure-reachable.js';

/**
 * Measures, whenever metrics are asked for, how many records of each topic a service has still to read: all of its replicas
 * together, whichever of them is asked.
 */
export function measureLag(
  measuring: Measuring,
  transport: Transport,
  definitions: readonly ServiceDefinition[],
): void {
  const gauge = measuring.metrics.gauge({
    name: 'baton_consumer_lag',
    help: 'Records of a topic that a service has still to read',
    labels: ['service', 'topic'],
  });
  const measure = async () => {
    for (const definition of definitions)
      for (const { records, ...labels } of await lagOf(transport, definition)) gauge.set(labels, records);
  };
  measureReachable(measuring, { what: 'what is still to read', gauges: [gauge], measure });
}

export interface TopicLag {
  readonly service: string;
  readonly topic: string;
  readonly records: number;
}

/** What a service has still to read of each of its topics. */
export async function lagOf(transport: Transport, { name, consumes }: ServiceDefinition): Promise<TopicLag[]> {
  const ends = await transport.endPositions(consumes);
  const consumed = await transport.consumedPositions(name);
  return consumes.map((topic) => ({
    service: name,
    topic: topic.name,
    records: behind(ends, consumed, topic.name),
  }));
}

/** A topic whose producer runs elsewhere ends where the broker says. */
function behind(ends: Positions, consumed: Positions, topic: string): number {
  const name = ends[topic] ? topic : onBroker(topic);
  const partitions = Object.entries(ends[name] ?? {});
  return partitions.reduce(
    (sum, [partition, end]) => sum + Math.max(0, end - (consumed[name]?.[Number(partition)] ?? 0)),
    0,
  );
}
