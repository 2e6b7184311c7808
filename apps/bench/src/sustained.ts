import { setTimeout as delay } from 'node:timers/promises';
import { EventMix } from './mix.js';
import type { BenchedProduct } from './product.js';
import { sendBatch, sendEvents } from './send.js';

export interface SustainedResult {
  readonly events: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Resident memory, MB, once a second. */
  readonly memory: readonly number[];
  /** CPU seconds of each part of the product. */
  readonly cpu: Readonly<Record<string, number>>;
}

/** Everybody is known before the clock runs, so that the mix is the mix from its first event on. */
async function identifiedMix(product: BenchedProduct, leads: number): Promise<EventMix> {
  const mix = new EventMix({ leads, run: 'sustained' });
  await sendEvents(product, mix, leads * 5);
  await product.drained();
  return mix;
}

/** Batches may wait in the logs, but never more than this: what is sustained is what all six services keep up with. */
const mostLag = 60_000;
/** Each answer takes some 60 ms of the CPU of seven services and a broker. */
const secondsBetweenLags = 2;

/**
 * Sends the mix for so many seconds and waits until every read model has all of it; the rate counts the time from the first
 * event to that moment.
 */
export async function measureSustained(
  product: BenchedProduct,
  seconds: number,
  leads: number,
): Promise<SustainedResult> {
  const mix = await identifiedMix(product, leads);
  const memory: number[] = [];
  const began = performance.now();
  const cpuBefore = await product.cpuByPart();
  let events = 0;
  let lag = 0;
  let running = true;
  const watch = (async () => {
    for (let second = 0; running; second += 1, await delay(1000)) {
      memory.push((await product.memory()) / 1e6);
      if (second % secondsBetweenLags === 0) lag = await product.lag();
    }
  })();
  const lanes = Array.from({ length: 4 }, async () => {
    while (performance.now() - began < seconds * 1000) {
      if (lag > mostLag) {
        await delay(50);
        continue;
      }
      await sendBatch(product, mix, 200);
      events += 200;
    }
  });
  await Promise.all(lanes);
  await product.drained();
  const took = (performance.now() - began) / 1000;
  running = false;
  await watch;
  return {
    events,
    seconds: took,
    perSecond: events / took,
    memory,
    cpu: since(cpuBefore, await product.cpuByPart()),
  };
}

function since(
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(Object.entries(now).map(([part, seconds]) => [part, seconds - (before[part] ?? 0)]));
}
