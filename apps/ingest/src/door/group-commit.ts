import type { Publication } from '@baton/messaging/record';
import { runOutsideSpans } from '@baton/observability/spans';
import { faultOf, isConflict } from '@baton/persistence/database-faults';

/** Too much is waiting to be written; the caller should come back after so many whole seconds. */
export class OverloadError extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super(`Too many events are waiting to be written; try again in ${retryAfterSeconds} s`);
    this.name = 'OverloadError';
  }
}

export interface GroupCommitOptions {
  /** Resolves once the events are durable. */
  readonly write: (events: readonly Publication[]) => Promise<void>;
  readonly clock: () => number;
  /** Events that may wait; beyond it callers are turned away. */
  readonly mostWaiting: number;
  readonly mostWaitingBytes: number;
  /** How long the first of a group waits for company. */
  readonly gatherMs: number;
}

interface Entry {
  readonly publications: readonly Publication[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const mostPerCommit = 5000;
const longestRetrySeconds = 60;

/**
 * Writes the events of many requests in one transaction. `add` resolves once its events are durable; whatever arrives while one
 * group is written goes into the next, so groups grow with the load. The queue is bounded: beyond it `add` rejects with an
 * `OverloadError` whose time grows for as long as the overload lasts. A group that cannot be written is tried request by
 * request, so that none fails for its neighbour; while the database or the broker is away the whole group fails at once.
 */
export class GroupCommit {
  private waiting: Entry[] = [];
  private events = 0;
  private bytes = 0;
  private writing: Promise<void> | null = null;
  private overloadedSince: number | null = null;

  constructor(private readonly options: GroupCommitOptions) {}

  add(publications: readonly Publication[], bytes: number): Promise<void> {
    const { mostWaiting, mostWaitingBytes } = this.options;
    const full = this.events + publications.length > mostWaiting || this.bytes + bytes > mostWaitingBytes;
    if (full && this.events > 0) return Promise.reject(new OverloadError(this.retryAfter()));
    return new Promise((resolve, reject) => {
      this.waiting.push({ publications, bytes, resolve, reject });
      this.events += publications.length;
      this.bytes += bytes;
      this.writing ??= runOutsideSpans(() => this.writeAll());
    });
  }

  /** Resolves when everything taken is written or refused. */
  async drained(): Promise<void> {
    await this.writing;
  }

  /** Seconds: 1 at first, one more for every second that the overload has lasted. */
  private retryAfter(): number {
    const now = this.options.clock();
    this.overloadedSince ??= now;
    return Math.min(longestRetrySeconds, 1 + Math.floor(Math.max(0, now - this.overloadedSince) / 1000));
  }

  private async writeAll(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.options.gatherMs));
    while (this.waiting.length > 0) {
      const group = this.takeGroup();
      await this.writeGroup(group);
      for (const { publications, bytes } of group) {
        this.events -= publications.length;
        this.bytes -= bytes;
      }
      if (this.events < this.options.mostWaiting / 2) this.overloadedSince = null;
    }
    this.writing = null;
  }

  private takeGroup(): Entry[] {
    let size = 0;
    let count = 0;
    while (count < this.waiting.length && (count === 0 || size < mostPerCommit))
      size += this.waiting[count++]!.publications.length;
    return this.waiting.splice(0, count);
  }

  private async writeGroup(group: readonly Entry[]): Promise<void> {
    try {
      await this.options.write(group.flatMap(({ publications }) => publications));
      for (const { resolve } of group) resolve();
    } catch (error) {
      const mayBeOneEntrys = group.length > 1 && (faultOf(error) !== 'transient' || isConflict(error));
      if (mayBeOneEntrys) for (const entry of group) await this.writeGroup([entry]);
      else for (const { reject } of group) reject(error);
    }
  }
}
