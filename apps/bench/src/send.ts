import type { BenchedProduct } from './product.js';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventMix } from './mix.js';

/** Sends one batch; waits as told when the product is busy. Answers how often it was told to wait. */
export async function sendBatch(product: BenchedProduct, mix: EventMix, size: number): Promise<number> {
  const body = JSON.stringify({ batch: mix.batch(size), writeKey: product.writeKey, sentAt: new Date().toISOString() });
  for (let busy = 0; ; busy++) {
    const response = await fetch(`${product.url}/v1/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await response.arrayBuffer();
    if (response.status === 200) return busy;
    if (response.status !== 429) throw new Error(`POST /v1/batch answered ${response.status}`);
    await delay(Math.min(1000, Number(response.headers.get('retry-after') ?? 1) * 1000));
  }
}

/** Sends a number of events as fast as the product takes them, several batches at a time. */
export async function sendEvents(product: BenchedProduct, mix: EventMix, count: number): Promise<void> {
  let left = count;
  const lanes = Array.from({ length: 4 }, async () => {
    while (left > 0) {
      const size = Math.min(200, left);
      left -= size;
      await sendBatch(product, mix, size);
    }
  });
  await Promise.all(lanes);
}
