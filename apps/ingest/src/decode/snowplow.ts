import {
  type Decoded,
  type DecodedEvent,
  type Json,
  type Reception,
  type Refusal,
  type RejectedEvent,
  refusal,
} from './decoded-event.js';
import { isJson, textOf } from './fields.js';
import { decodeCall } from './segment-call.js';
import { mostEvents } from './segment-batch.js';

/**
 * Decodes Snowplow's tracker protocol: `POST …/tp2` with `{ schema, data: [{ e, … }] }`. Page views, page pings, structured and
 * self-describing events become Segment calls: `uid` is the user, `duid` (browser) or `nuid` the anonymous visitor, `eid` the message
 * id, `dtm` and `stm` the client's clock. A self-describing event is named by its schema.
 */
export function decodeSnowplow(payload: unknown, reception: Reception): Decoded | Refusal {
  const data = isJson(payload) ? payload['data'] : undefined;
  if (!Array.isArray(data)) return refusal('data', 'expected a list of events (payload_data)');
  if (data.length > mostEvents) return refusal('data', `has ${data.length} events; send at most ${mostEvents}`);
  return decodeSnowplowEvents(data, reception);
}

/** Decodes single events, such as the query of `GET /i`. */
export function decodeSnowplowEvents(data: readonly unknown[], reception: Reception): Decoded {
  const events: DecodedEvent[] = [];
  const rejected: RejectedEvent[] = [];
  for (const [index, item] of data.entries()) {
    const call = isJson(item) ? callOf(item) : null;
    const result = call ? decodeCall(call, null, withAgent(reception, item as Json)) : { rejected: unknownEvent(item) };
    if ('event' in result) events.push(result.event);
    else
      rejected.push({
        ...result.rejected,
        path: ['data', index, result.rejected.path].filter((part) => part !== '').join('.'),
      });
  }
  return { events, rejected };
}

/** The key of a Snowplow tracker is its application id. */
export function snowplowKey(data: readonly unknown[]): Json {
  const first = data.find(isJson);
  return { writeKey: first?.['aid'] };
}

function callOf(item: Json): Json | null {
  const content = contentOf(item);
  if (!content) return null;
  const url = textOf(item['url']);
  return {
    ...content,
    messageId: item['eid'],
    userId: item['uid'],
    anonymousId: item['duid'] ?? item['nuid'] ?? item['tnuid'],
    timestamp: milliseconds(item['ttm'] ?? item['dtm']),
    sentAt: milliseconds(item['stm']),
    context: {
      page: { url, title: item['page'], referrer: item['refr'] },
      ...(textOf(item['ua']) && { userAgent: item['ua'] }),
    },
  };
}

function contentOf(item: Json): Json | null {
  const { e } = item;
  if (e === 'pv') return { type: 'page', name: textOf(item['page']) };
  if (e === 'pp') return { type: 'track', event: 'Page Ping' };
  if (e === 'se') return { type: 'track', event: textOf(item['se_ac']), properties: structured(item) };
  if (e === 'ue') return selfDescribing(item);
  return null;
}

function structured({ se_ca: category, se_la: label, se_pr: property, se_va: value }: Json): Json {
  return { category, label, property, value };
}

/** `{ schema: unstruct_event, data: { schema: iglu:vendor/name/jsonschema/1-0-0, data } }`, plain or in base64url. */
function selfDescribing({ ue_pr: plain, ue_px: encoded }: Json): Json | null {
  const text = textOf(plain) ?? Buffer.from(textOf(encoded) ?? '', 'base64url').toString('utf8');
  const outer = parse(text);
  const inner = isJson(outer) ? outer['data'] : undefined;
  if (!isJson(inner)) return null;
  const name = /^iglu:[^/]+\/([^/]+)\//.exec(textOf(inner['schema']) ?? '')?.[1];
  return { type: 'track', event: name, properties: inner['data'] };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** All of Snowplow's values are texts. */
function milliseconds(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d{10,16}$/.test(value) ? Number(value) : undefined;
}

function withAgent(reception: Reception, { ua }: Json): Reception {
  return typeof ua === 'string' ? { ...reception, userAgent: ua } : reception;
}

function unknownEvent(item: unknown): RejectedEvent {
  const messageId = isJson(item) ? textOf(item['eid'])?.slice(0, 100) : undefined;
  return {
    ...(messageId && { messageId }),
    path: 'e',
    reason: 'expected pv, pp, se or ue with a self-describing event',
  };
}
