import type { HotState, HotStates } from './hot-state.js';
import { RateBuckets } from './rate-buckets.js';

/** Hot state of a process on its own: it limits by itself, and has nobody to tell or to hear from. */
export class LocalHotStates implements HotStates {
  constructor(private readonly clock: () => number) {}

  of(): HotState {
    const buckets = new RateBuckets(this.clock);
    return {
      take: (bucket, limit, cost) => Promise.resolve(buckets.take(bucket, limit, cost)),
      noted: () => Promise.resolve(new Set()),
      note: () => undefined,
      tell: () => undefined,
      hear: () => undefined,
    };
  }

  trouble(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
