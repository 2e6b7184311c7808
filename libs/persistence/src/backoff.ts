import { setTimeout as delay } from 'node:timers/promises';

const firstMs = 20;
const longestMs = 15_000;

/** Pauses before another attempt: twice as long after each failure up to 15 s, less up to half at random, so that partitions do not march in step. */
export async function waitBefore(failures: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 12)) * (1 - Math.random() / 2);
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
