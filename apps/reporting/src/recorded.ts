import type { LiveEvent } from './live-feed.js';

/** What a projection answers after writing: whose state of record changed, and what open pages should hear of. */
export interface Recorded {
  /** Leads whose stage, owner, clock, persona, traits or account changed: each gets a snapshot. */
  readonly changed: readonly string[];
  readonly live: readonly LiveEvent[];
}

export function recorded({ changed = [], live = [] }: Partial<Recorded>): Recorded {
  return { changed, live };
}
