import type { HotState } from '@baton/service-kit/hot-state';
import type { Settings } from '@baton/service-kit/settings';
import { HOT_STATE, SETTINGS } from '@baton/service-kit/tokens';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from './callers.js';

/** Unused seconds are saved up for so long: an SDK that was offline may send what it kept. */
const savedSeconds = 10;

/** A write key sends more than it may; the caller should come back after so many whole seconds. */
export class RateLimitError extends Error {
  constructor(
    perSecond: number,
    readonly retryAfterSeconds: number,
  ) {
    super(`This write key may send ${perSecond} events a second; try again in ${retryAfterSeconds} s`);
    this.name = 'RateLimitError';
  }
}

/**
 * Holds every write key to so many events a second, ten seconds' worth at once. Write keys are public, secret keys are not:
 * servers and imports are not limited.
 */
@Injectable()
export class RateLimit {
  private readonly perSecond: number | undefined;

  constructor(
    @Inject(HOT_STATE) private readonly hot: HotState,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.perSecond = settings.rateLimit;
  }

  /** Rejects with a `RateLimitError` when the key has used up what it may. */
  async charge({ key, trusted }: Caller, events: number): Promise<void> {
    const { perSecond } = this;
    if (perSecond === undefined || trusted) return;
    const limit = { perSecond, burst: perSecond * savedSeconds };
    const waitMs = await this.hot.take(`rate:${key}`, limit, Math.max(1, events));
    if (waitMs > 0) throw new RateLimitError(perSecond, Math.ceil(waitMs / 1000));
  }
}
