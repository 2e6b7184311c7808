import type { ServiceName, Topic } from '@baton/contracts/topics';
import type { Database } from '@baton/persistence/sql';
import type { BatchHandler, UnitOfWork } from './handler.js';
import type { Batch, Positions, Publication } from './record.js';

/** A partition that stands still, and why. */
export interface Stall {
  readonly service: string;
  readonly topic: string;
  readonly partition: number;
  readonly reason: string;
  /** False when nothing but a restart after a repair will move it. */
  readonly retrying: boolean;
}

/** Records of a partition that a service has still to handle, as far as this process knows. */
export interface Lag {
  readonly service: string;
  readonly topic: string;
  readonly partition: number;
  readonly records: number;
}

export interface Subscription {
  readonly service: ServiceName;
  readonly topic: Topic;
  readonly handler: BatchHandler;
  /** The service's own schema: positions, outbox and dead letters live there. */
  readonly database: Database;
  /** Records per batch at most. */
  readonly maxBatch?: number;
  /**
   * Types of facts that the service has something to do for; without it all. Others are passed over without a transaction,
   * so the stored position may lag behind by them for a moment: reading them again changes nothing.
   */
  readonly types?: readonly string[];
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
  /**
   * Appends facts of a `direct` topic, which no state goes with, and resolves once they are durable. Calls of one process
   * keep their order when each is awaited. A rejected call may have appended all the same.
   */
  append(service: ServiceName, database: Database, publications: readonly Publication[]): Promise<void>;
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
  /** Partitions that stand still; empty when all is well. */
  stalls(): readonly Stall[];
  /** How far behind each partition is that this process reads; the sum over all processes is the whole. */
  lags(): readonly Lag[];
  /** Handles a dead letter's record again, in one transaction; answers false when there is none to replay. Throws what its handler throws. */
  replayDeadLetter(service: ServiceName, id: string): Promise<boolean>;
}
