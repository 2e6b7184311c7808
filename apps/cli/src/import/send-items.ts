import { setTimeout as delay } from 'node:timers/promises';
import { CommandError, type Connection, request } from '../connection.js';
import type { ImportItem } from './map-row.js';

export interface RejectedItem {
  readonly messageId?: string;
  readonly path: string;
  readonly reason: string;
}

const attempts = 8;

/** Sends items as history of a source and answers those refused; waits and tries again while the instance is busy or restarting. */
export async function sendItems(
  connection: Connection,
  source: string,
  items: readonly ImportItem[],
): Promise<readonly RejectedItem[]> {
  const body = JSON.stringify({ source, batch: items });
  for (let attempt = 1; ; attempt++) {
    const outcome = await trySend(connection, body);
    if ('rejected' in outcome) return outcome.rejected;
    if (attempt === attempts)
      throw new CommandError(`${outcome.fault} The import stops here; run the same command again to go on.`);
    await delay(outcome.retryAfterMs ?? Math.min(10_000, 250 * 2 ** attempt));
  }
}

type Attempt =
  { readonly rejected: readonly RejectedItem[] } | { readonly fault: string; readonly retryAfterMs?: number };

async function trySend(connection: Connection, body: string): Promise<Attempt> {
  let response: Response;
  try {
    response = await request(connection, '/v1/import', { method: 'POST', body });
  } catch (error) {
    return { fault: (error as Error).message };
  }
  const text = await response.text();
  if (response.ok) return { rejected: (JSON.parse(text) as { rejected?: RejectedItem[] }).rejected ?? [] };
  const fault = `POST /v1/import answered ${response.status}: ${text.slice(0, 300)}.`;
  if (response.status !== 429 && response.status < 500) throw new CommandError(fault);
  const seconds = Number(response.headers.get('retry-after'));
  return seconds > 0 ? { fault, retryAfterMs: seconds * 1000 } : { fault };
}
