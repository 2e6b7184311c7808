const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** Pauses before each attempt: about three days in all. */
const pauses = [
  0,
  5 * seconds,
  5 * minutes,
  30 * minutes,
  2 * hours,
  5 * hours,
  10 * hours,
  14 * hours,
  20 * hours,
  24 * hours,
];
const longestWait = 24 * hours;

export const mostAttempts = pauses.length;

/**
 * How long to wait after the `attempts`-th failed attempt, in ms; null when it was the last. Up to a tenth is added by
 * chance (`random`, 0 to 1), so that what failed together does not come back together. A receiver's own wish for later
 * (`retryAfterMs`) is honoured up to a day.
 */
export function pauseAfter(attempts: number, random: number, retryAfterMs = 0): number | null {
  const pause = pauses[attempts];
  if (pause === undefined) return null;
  return Math.max(Math.round(pause * (1 + random / 10)), Math.min(retryAfterMs, longestWait));
}

/** Reads a `Retry-After` header (seconds or an HTTP date) as ms from `now`; undefined when there is none or it says nothing. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * seconds;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
