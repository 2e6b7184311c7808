import type { Topic } from '@baton/contracts/topics';
import type { Database, Sql } from '@baton/persistence/sql';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogView } from './log-view.js';
import { loadRelayed } from './relay-store.js';

const pollMs = 20;

/** Waits until the broker has a topic up to the given ends, as the relay (of this process or another) has noted; at most `timeoutMs`. */
export async function untilRelayed(
  sql: Sql,
  { topic, ends }: { topic: string; ends: Record<string, number> },
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const relayed = (await loadRelayed(sql)).filter((one) => one.topic === topic);
    const isBehind = ([partition, end]: [string, number]) =>
      end > 0 && !relayed.some((one) => one.partition === Number(partition) && one.next >= end);
    if (!Object.entries(ends).some(isBehind)) return;
    await delay(pollMs);
  }
}

/** The same for what a topic's outbox has now. */
export async function untilShipped(
  { view, database }: { view: LogView; database: Database },
  topic: Topic,
  timeoutMs: number,
): Promise<void> {
  const ends = (await view.loadEnds([topic]))[topic.name] ?? {};
  await untilRelayed(database, { topic: topic.name, ends }, timeoutMs);
}
