import { setTimeout as delay } from 'node:timers/promises';
import { EventMix } from './mix.js';
import type { BenchedProduct } from './product.js';
import { sendBatch } from './send.js';

export interface LatencyResult {
  readonly forms: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Forms before the measured ones: in its first seconds a process compiles what it does, and so does PostgreSQL's planner. */
const warmingUp = 100;
/** Asking costs the product too, so more often would measure the asking; a form is found to be done by so much too late at most. */
const askEveryMs = 20;

/**
 * From the moment a form is posted until its lead's owner is visible in the API, while 200 events a second come in beside it,
 * once the product is warm. Each lead has done all but the last thing that its MQL takes, so the form completes the criteria.
 */
export async function measureFormToOwner(product: BenchedProduct, forms: number): Promise<LatencyResult> {
  const background = new AbortController();
  const load = sendBackground(product, background.signal);
  const latencies: number[] = [];
  for (let number = 0; number < warmingUp; number++) await oneForm(product, number);
  for (let number = 0; number < forms; number++) latencies.push(await oneForm(product, warmingUp + number));
  background.abort();
  await load;
  latencies.sort((left, right) => left - right);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]!;
  return { forms, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: latencies.at(-1)! };
}

async function sendBackground(product: BenchedProduct, signal: AbortSignal): Promise<void> {
  const mix = new EventMix({ leads: 2000, run: 'background' });
  for (; !signal.aborted; await delay(50)) await sendBatch(product, mix, 10);
}

async function oneForm(product: BenchedProduct, number: number): Promise<number> {
  const email = `buyer-${number}@buyers-${number}.example`;
  await prepare(product, { number, email });
  const began = performance.now();
  const response = await fetch(`${product.url}/v1/forms/demo?writeKey=${product.writeKey}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, message: 'Please show us' }),
  });
  if (response.status !== 200) throw new Error(`The form was answered ${response.status}: ${await response.text()}`);
  await ownerVisible(product, email, began);
  return performance.now() - began;
}

async function prepare(product: BenchedProduct, { number, email }: { number: number; email: string }): Promise<void> {
  const who = { userId: email, timestamp: new Date().toISOString() };
  const batch = [
    {
      ...who,
      type: 'identify',
      messageId: `buyer-${number}-identify`,
      traits: { email, title: 'VP Sales', company: { employees: 220, industry: 'SaaS' } },
    },
    {
      ...who,
      type: 'group',
      messageId: `buyer-${number}-group`,
      groupId: `buyers-${number}.example`,
      traits: { employees: 220, industry: 'SaaS' },
    },
    {
      ...who,
      type: 'page',
      messageId: `buyer-${number}-page`,
      properties: { path: '/pricing', url: 'https://www.acme.example/pricing' },
    },
  ];
  const body = JSON.stringify({ batch, writeKey: product.writeKey });
  await fetch(`${product.url}/v1/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

async function ownerVisible({ apiUrl, adminToken }: BenchedProduct, email: string, began: number): Promise<void> {
  const headers = { authorization: `Bearer ${adminToken}` };
  for (;;) {
    const response = await fetch(`${apiUrl}/api/leads?email=${encodeURIComponent(email)}`, { headers });
    const { items } = (await response.json()) as { items: { owner: unknown }[] };
    if (items[0]?.owner) return;
    if (performance.now() - began > 10_000)
      throw new Error(`No owner is visible for ${email} after 10 s; its lead is ${JSON.stringify(items[0] ?? null)}`);
    await delay(askEveryMs);
  }
}
