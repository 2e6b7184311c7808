import type { Decoded, DecodedEvent, Json, Reception, Refusal, RejectedEvent } from './decoded-event.js';
import { refusal } from './decoded-event.js';
import { isJson } from './fields.js';
import { decodeCall } from './segment-call.js';

export const largestEvent = 32 * 1024;
export const largestBatch = 500 * 1024;
export const mostEvents = 2500;

export type DecodeItem = typeof decodeCall;

export interface BatchOptions {
  /** Decodes one item; by default a Segment call. */
  readonly decode?: DecodeItem;
  /** Size of the whole body: a batch below the limit of one event has no event above it. */
  readonly bytes: number;
}

/**
 * Decodes `{ batch: […], context?, integrations?, sentAt? }`: the common context goes into each item, the item's own wins.
 * A bad item, one above 32 KB, or everything beyond 2,500 items is rejected alone; a body without a list of events is refused.
 */
export function decodeBatch(body: unknown, reception: Reception, options: BatchOptions): Decoded | Refusal {
  if (!isJson(body)) return refusal('', 'expected an object with a batch');
  const items = body['batch'];
  if (!Array.isArray(items)) return refusal('batch', 'expected a list of events');
  if (items.length > mostEvents) return { events: [], rejected: [tooMany(items.length)] };
  const events: DecodedEvent[] = [];
  const rejected: RejectedEvent[] = [];
  const decode = options.decode ?? decodeCall;
  for (const [index, item] of items.entries()) {
    const tooLarge = options.bytes > largestEvent && sizeOf(item) > largestEvent;
    const result = tooLarge ? oversized(item) : decode(withCommon(item, body), null, reception);
    if ('event' in result) events.push(result.event);
    else rejected.push(within(result.rejected, index));
  }
  return { events, rejected };
}

function withCommon(item: unknown, body: Json): unknown {
  if (!isJson(item)) return item;
  const common = body['context'];
  const own = item['context'];
  return {
    ...item,
    ...(isJson(common) && (own === undefined || own === null || isJson(own)) && { context: { ...common, ...own } }),
    sentAt: item['sentAt'] ?? body['sentAt'],
  };
}

function tooMany(count: number): RejectedEvent {
  return { path: 'batch', reason: `has ${count} events; send at most ${mostEvents} in one batch` };
}

function oversized(item: unknown): { rejected: RejectedEvent } {
  const messageId = isJson(item) && typeof item['messageId'] === 'string' ? item['messageId'].slice(0, 100) : undefined;
  return {
    rejected: { ...(messageId && { messageId }), path: '', reason: 'is larger than 32 KB; send less in one event' },
  };
}

function within(rejected: RejectedEvent, index: number): RejectedEvent {
  const path =
    rejected.path === 'batch' ? rejected.path : ['batch', index, rejected.path].filter((part) => part !== '').join('.');
  return { ...rejected, path };
}

/** The size of a parsed value as JSON; a value too deep to be written counts as too large. */
function sizeOf(item: unknown): number {
  if (isSmall(item)) return 0;
  try {
    return Buffer.byteLength(JSON.stringify(item) ?? '');
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Whether a value is below the limit even if each character took the six bytes that the longest escape takes. */
function isSmall(item: unknown): boolean {
  let left = largestEvent;
  const pending = [item];
  for (let value = pending.pop(); left > 0 && value !== undefined; value = pending.pop()) {
    left -= typeof value === 'string' ? value.length * 6 + 3 : 30;
    if (typeof value !== 'object' || value === null) continue;
    for (const key in value) {
      left -= key.length * 6 + 4;
      pending.push((value as Record<string, unknown>)[key] ?? null);
    }
  }
  return left > 0;
}
