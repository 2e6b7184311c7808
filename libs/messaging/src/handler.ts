import type { Sql } from '@baton/persistence/sql';
import type { Batch, Positions, Publication } from './record.js';

/**
 * What a handler answers: what to publish, in order, and what to do once all of it is durable.
 * The handler writes its state through `sql`; the consumer adds the publications and the batch's position to the same
 * transaction and commits. A handler can neither acknowledge nor publish by itself.
 * `committed` runs after the commit (caches, live updates), `rolledBack` when it did not come to that.
 */
export interface Effects {
  readonly publish: readonly Publication[];
  committed?(): void;
  rolledBack?(): void;
}

/**
 * Handles records in one transaction: consecutive ones of one partition, or of several partitions that have some at the same
 * moment. What the handler decides may not depend on which of them come together. Lock the rows of all its leads first, in id order.
 * Throwing retries (transient faults: pause and backoff) or, when the fault is the message's own, isolates it by
 * bisection and dead-letters it; throw `PoisonError` to say at once which record can never be handled.
 */
export type BatchHandler = (batch: Batch, sql: Sql) => Promise<Effects>;

/** A record that can never be handled, whatever is retried. */
export class PoisonError extends Error {
  constructor(
    readonly position: number,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'PoisonError';
  }
}

/**
 * The records are fine but cannot be handled yet (a definition they name has not arrived): throw it to pause the partition
 * and be given the same batch again, with growing pauses, for as long as it takes.
 */
export class NotYetError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'NotYetError';
  }
}

/** The work of a command or a timer: like a handler's, with an answer of its own. */
export type UnitWork<Result> = (sql: Sql) => Promise<{ result: Result } & Effects>;

/** One transaction of a service outside its batches (commands, timers): same locks, same outbox, one commit. */
export interface UnitOfWork {
  /** Answers what `work` answered, and where the facts it published stand. Throws what `work` threw, after rolling back. */
  run<Result>(work: UnitWork<Result>): Promise<{ result: Result; positions: Positions }>;
}
