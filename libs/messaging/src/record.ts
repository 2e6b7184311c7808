import type { Envelope } from '@baton/contracts/envelope';
import type { Topic } from '@baton/contracts/topics';

/** One message of a log: `position` is gapless per topic and partition, from 0, and equals the envelope's `partitionsequence`. */
export interface LogRecord<Data = unknown> {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  /** Where a broker keeps it; more than the position as soon as something was sent twice. */
  readonly offset?: number;
  readonly key: string;
  readonly envelope: Envelope<string, Data>;
}

/** Records of one or several partitions of a topic, of each consecutive and in their order; never empty. */
export interface Batch {
  readonly topic: string;
  readonly records: readonly LogRecord[];
}

/** A fact to be published, in the order given; the outbox adds the position, the envelope's constants and the source. */
export interface Publication {
  readonly topic: Topic;
  /** The lead id (or what else keys the topic); decides the partition. */
  readonly key: string;
  /** CloudEvents type, `baton.lead.scored.v1`. */
  readonly type: string;
  /** Idempotency key: the same fact has the same id however often it is decided. */
  readonly id: string;
  /** Event time, RFC 3339. */
  readonly time: string;
  readonly data: unknown;
  /** 1, 2, 3… per topic and lead, from the producer's own state row. Public topics require it. */
  readonly sequence?: number;
  readonly traceparent?: string;
  /** In every partition of the topic instead of the key's (playbook.activated). */
  readonly everyPartition?: true;
}

/**
 * Positions reached or promised: `{ "lead.stages": { "3": 17 } }` means up to and including position 17 of partition 3.
 * A topic's name with `@broker` behind it counts in a broker's offsets instead, see `onBroker`.
 */
export type Positions = Record<string, Record<string, number>>;

/** The name under which `Positions` count a topic in the broker's offsets, where the producer's own numbers are not known. */
export function onBroker(topic: string): string {
  return `${topic}@broker`;
}
