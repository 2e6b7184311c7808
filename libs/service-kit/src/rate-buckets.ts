import type { RateLimit } from './hot-state.js';

/**
 * Token buckets of one process. A bucket is the moment when it will be full again (GCRA), so it needs no refilling. Whoever
 * finds anything in it takes the whole cost, if need be on credit: a large batch is never impossible, and the rate holds
 * in the long run.
 */
export class RateBuckets {
  private readonly fullAt = new Map<string, number>();

  constructor(private readonly clock: () => number) {}

  /** As `HotState.take`. */
  take(bucket: string, { perSecond, burst }: RateLimit, cost: number): number {
    const now = this.clock();
    const msPerOne = 1000 / perSecond;
    const fullAt = Math.max(now, this.fullAt.get(bucket) ?? now);
    const wait = fullAt - now - (burst - 1) * msPerOne;
    if (wait > 0) return Math.ceil(wait);
    this.fullAt.set(bucket, fullAt + cost * msPerOne);
    return 0;
  }
}
