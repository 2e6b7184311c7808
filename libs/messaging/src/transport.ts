import type { ServiceName, Topic } from '@baton/contracts/topics';
import type { Database } from '@baton/persistence/sql';
import type { BatchHandler, UnitOfWork } from './handler.js';
import type { Batch, Positions } from './record.js';

export interface Subscription {
  readonly service: ServiceName;
  readonly topic: Topic;
  readonly handler: BatchHandler;
  /** The service's own schema: positions, outbox and dead letters live there. */
  readonly database: Database;
  /** Records per batch at most. */
  readonly maxBatch?: number;
}

/**
 * Carries the topics. Guarantees, proven by one contract suite for every implementation: records of one key arrive in the
 * order of their publication; each has its effects exactly once, whatever crashes whenever; a reader never sees position n
 * before everything below n; a batch that can never be handled is dead-lettered alone.
 */
export interface Transport {
  /** Number of partitions of a topic in this installation. */
  partitionsOf(topic: Topic): number;
  /** A service's own transactions; its publications become visible to subscribers after the commit. */
  unitOfWork(service: ServiceName, database: Database): UnitOfWork;
  subscribe(subscription: Subscription): void;
  /** Starts all subscriptions. */
  start(): Promise<void>;
  /** Stops taking batches, waits for those in hand, closes. */
  stop(): Promise<void>;
  /** Reads a compacted topic from its beginning: the newest record per key, in position order. */
  readTable(topic: Topic, from?: Positions): Promise<readonly Batch[]>;
  /** First position not yet written, per partition: what "the end" is now. */
  endPositions(topics: readonly Topic[]): Promise<Positions>;
  /** First position not yet handled by a service, per topic and partition. */
  consumedPositions(service: ServiceName): Promise<Positions>;
  /** Resolves true once the service has handled everything below `until`; false after `timeoutMs`. */
  waitFor(service: ServiceName, until: Positions, timeoutMs: number): Promise<boolean>;
}
