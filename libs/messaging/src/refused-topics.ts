import type { Topic } from '@baton/contracts/topics';
import { pauseBefore } from '@baton/persistence/backoff';

interface Refused {
  readonly failures: number;
  /** Not tried before, by the clock of `performance`. */
  readonly until: number;
}

/** The topics that brokers do not take from an outbox as things are, each tried again by itself, at longer and longer intervals. */
export class RefusedTopics {
  private readonly refused = new Map<Topic, Refused>();

  /** Answers how often in a row it was refused. */
  add(topic: Topic): number {
    const failures = (this.refused.get(topic)?.failures ?? 0) + 1;
    this.refused.set(topic, { failures, until: performance.now() + pauseBefore(failures + 1) });
    return failures;
  }

  delete(topic: Topic): void {
    this.refused.delete(topic);
  }

  clear(): void {
    this.refused.clear();
  }

  has(topic: Topic): boolean {
    return this.refused.has(topic);
  }

  rests(topic: Topic): boolean {
    return (this.refused.get(topic)?.until ?? 0) > performance.now();
  }

  /** Until the next is to be tried; Infinity when there is none. */
  nextMs(): number {
    return Math.min(...[...this.refused.values()].map(({ until }) => Math.max(0, until - performance.now())));
  }
}
