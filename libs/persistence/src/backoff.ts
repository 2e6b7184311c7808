import { setTimeout as delay } from 'node:timers/promises';

const firstMs = 20;
const longestMs = 15_000;

/** Milliseconds before another attempt: twice as many after each failure up to 15 s, less up to half at random, so that partitions do not march in step. */
export function pauseBefore(failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 12)) * (1 - Math.random() / 2);
}

/** Pauses for so long, or until the signal aborts. */
export async function waitBefore(failures: number, signal: AbortSignal): Promise<void> {
  await delay(pauseBefore(failures), undefined, { signal }).catch(() => undefined);
}
