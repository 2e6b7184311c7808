import { describe, expect, it } from '@jest/globals';
import { mostAttempts, pauseAfter, retryAfterMs } from './retry-schedule.js';

const second = 1000;
const hour = 3600 * second;

describe('the retry schedule', () => {
  it('grows from seconds to a day and ends after ten attempts, about three days in all', () => {
    const pauses = Array.from({ length: mostAttempts }, (_, index) => pauseAfter(index + 1, 0));
    expect(pauses).toEqual(
      [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
        .map((seconds) => seconds * second)
        .concat(null as never),
    );
    const total = pauses.reduce<number>((sum, pause) => sum + (pause ?? 0), 0);
    expect(total / hour).toBeCloseTo(75.6, 1);
  });

  it('adds up to a tenth by chance', () => {
    expect(pauseAfter(1, 0.5)).toBe(5250);
    expect(pauseAfter(2, 1)).toBe(330 * second);
  });

  it('waits as long as the receiver asks, up to a day, and never shorter than planned', () => {
    expect(pauseAfter(1, 0, 60 * second)).toBe(60 * second);
    expect(pauseAfter(2, 0, second)).toBe(300 * second);
    expect(pauseAfter(1, 0, 1000 * hour)).toBe(24 * hour);
    expect(pauseAfter(10, 0, 60 * second)).toBeNull();
  });

  it('reads Retry-After in seconds and as a date', () => {
    const now = Date.UTC(2026, 2, 2, 9);
    expect(retryAfterMs('120', now)).toBe(120 * second);
    expect(retryAfterMs('Mon, 02 Mar 2026 09:00:30 GMT', now)).toBe(30 * second);
    expect(retryAfterMs('Mon, 02 Mar 2026 08:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs('soon', now)).toBeUndefined();
    expect(retryAfterMs(undefined, now)).toBeUndefined();
  });
});
