import { services as definitions } from '../../src/services.js';
import { type ServiceName, services } from '@baton/contracts/topics';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fleet } from './fleet.js';
import { handled, lagOf, leadsDue, openDeliveries, written } from './stored-store.js';

const patienceMs = 150_000;

/**
 * Lets everybody finish and resolves when nothing moves any more: all handled, no clock running, every message delivered.
 * Rejects with what was still missing after two and a half minutes.
 */
export async function settle(fleet: Fleet, databaseUrl: string): Promise<void> {
  for (const replica of fleet.running)
    if (!(await replica.ready(60_000)))
      throw new Error(`${replica.service} is not ready, a minute after the last fault`);
  await until(() => unread(databaseUrl, services));
  await until(() => unsaid(fleet));
  await until(async () => {
    const due = await leadsDue(databaseUrl, 'qualification', Date.now());
    return due > 0 ? `${due} leads wait for the clock of qualification` : null;
  });
  // Decay would move leads for minutes: what comes after this moment is not waited for.
  for (const replica of fleet.running.filter(({ service }) => service === 'qualification')) await fleet.leave(replica);
  const others = services.filter((service) => service !== 'qualification');
  await until(async () => {
    const lag = await unread(databaseUrl, others);
    if (lag !== null) return lag;
    const due = await leadsDue(databaseUrl, 'sla-monitor', Number.MAX_SAFE_INTEGER / 2);
    return due > 0 ? `${due} leads have clocks that are still to do something` : null;
  });
  await until(() => undelivered(fleet, databaseUrl));
  await until(() => unread(databaseUrl, others));
}

async function until(missing: () => Promise<string | null>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (let still = 0; still < 2;) {
    const sentence = await missing().catch((error: Error) => error.message);
    if (sentence !== null && Date.now() > deadline) throw new Error(`It did not come to rest: ${sentence}`);
    still = sentence === null ? still + 1 : 0;
    await delay(250);
  }
}

async function unread(url: string, readers: readonly ServiceName[]): Promise<string | null> {
  const ends = new Map(
    await Promise.all(services.map(async (service) => [service, await written(url, service)] as const)),
  );
  for (const { name, consumes } of definitions) {
    if (!readers.includes(name)) continue;
    const lag = lagOf(consumes, ends, await handled(url, name));
    if (lag !== null) return `${name}: ${lag}`;
  }
  return null;
}

/** What processes say of themselves: topics without numbers of a producer have no other witness. */
async function unsaid(fleet: Fleet): Promise<string | null> {
  const response = await fleet.request('ingest', '/metrics');
  const lags = (await response.text()).split('\n').filter((line) => line.startsWith('baton_consumer_lag{'));
  if (lags.length === 0) return 'ingest measures no lag';
  return lags.find((line) => !line.endsWith(' 0')) ?? null;
}

/** What a receiver refused for too long waits for minutes; somebody presses "again". */
async function undelivered(fleet: Fleet, url: string): Promise<string | null> {
  const open = await openDeliveries(url);
  for (const { id, connector } of open) {
    const response = await fleet.request('connectors', `/api/connectors/${connector}/deliveries/${id}/retry`, {
      method: 'POST',
    });
    await response.body?.cancel();
  }
  if (open.length > 0) await delay(1_500);
  return open.length > 0 ? `${open.length} messages are not delivered` : null;
}
