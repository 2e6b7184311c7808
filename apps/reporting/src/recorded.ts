import type { Departure } from './profile-store.js';
import type { LiveEvent } from './live-feed.js';

/** What a projection answers after writing: whose state of record changed, and what open pages should hear of. */
export interface Recorded {
  /** Leads whose stage, owner, clock, persona, traits or account changed: each gets a snapshot. */
  readonly changed: readonly string[];
  /** Leads that were absorbed or erased: their snapshots end. */
  readonly gone: readonly Departure[];
  readonly live: readonly LiveEvent[];
}

export function recorded({ changed = [], gone = [], live = [] }: Partial<Recorded>): Recorded {
  return { changed, gone, live };
}
