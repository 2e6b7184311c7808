import { type CallType, type Decoded, type Json, type Reception, type Refusal, refusal } from './decoded-event.js';
import { isJson } from './fields.js';
import { largestEvent } from './segment-batch.js';
import { decodeCall } from './segment-call.js';

/** What a pixel's `data` says, before it is decoded as a call; its write key stands inside. */
export function readPixelData(data: unknown): Json | Refusal {
  if (typeof data !== 'string' || data === '') return refusal('data', 'expected JSON, as it is or in base64');
  if (data.length > largestEvent) return refusal('data', 'is larger than 32 KB');
  const parsed = parse(data) ?? parse(Buffer.from(data, 'base64url').toString('utf8'));
  return parsed ?? refusal('data', 'expected a JSON object, as it is or in base64');
}

/** Decodes the call of a pixel `GET /v1/pixel/{method}?data=…`. */
export function decodePixel(call: Json, type: CallType, reception: Reception): Decoded {
  const { writeKey: _writeKey, ...event } = call;
  const result = decodeCall(event, type, reception);
  return 'event' in result ? { events: [result.event], rejected: [] } : { events: [], rejected: [result.rejected] };
}

/** RudderStack's pixel `GET /pixel/v1/{track,page}`: the call's fields are plain query parameters, nested ones in JSON. */
export function readRudderPixel(query: Readonly<Record<string, unknown>>): Json {
  const fields: Json = {};
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'string' || name === 'writeKey') continue;
    if (name.startsWith('properties.'))
      fields['properties'] = { ...(fields['properties'] as Json), [name.slice(11)]: value };
    else fields[name] = name === 'properties' || name === 'context' ? (parse(value) ?? value) : value;
  }
  return fields;
}

function parse(text: string): Json | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : null;
  } catch {
    return null;
  }
}
