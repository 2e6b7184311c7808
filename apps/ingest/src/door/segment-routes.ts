import { problem } from '@baton/service-kit/problem';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type CallType, callTypes } from '../decode/decoded-event.js';
import { isJson } from '../decode/fields.js';
import { decodeImportItem } from '../decode/import-item.js';
import { decodeBatch, largestBatch, largestEvent } from '../decode/segment-batch.js';
import { decodeCall } from '../decode/segment-call.js';
import { type Door, callerOf, receptionOf, sound } from './door.js';
import { inflateBody, parseJson } from './read-body.js';

const largestImport = 4 * 1024 * 1024;

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Segment's HTTP Tracking API, its SDKs' short routes, RudderStack's beacon and our import. */
export function segmentRoutes(fastify: FastifyInstance, door: Door): void {
  for (const type of callTypes) {
    fastify.post(`/v1/${type}`, takeCall(door, type));
    fastify.post(`/v1/${type[0]}`, takeCall(door, type));
  }
  for (const path of ['/v1/batch', '/v1/b', '/beacon/v1/batch']) fastify.post(path, takeBatch(door));
  fastify.post('/v1/import', { bodyLimit: largestImport }, takeImport(door));
  fastify.post('/v1/m', (_request, reply) => reply.type('application/json').send('{"success":true}'));
}

function takeCall(door: Door, type: CallType): Handler {
  return async (request, reply) => {
    const receivedAt = door.clock();
    const { json, bytes } = await readJson(request, largestEvent);
    const caller = await callerOf(door, request, json);
    const result = decodeCall(withoutKey(json), type, receptionOf(receivedAt, caller.trusted));
    const decoded =
      'event' in result ? { events: [result.event], rejected: [] } : { events: [], rejected: [result.rejected] };
    return door.accept(reply, { caller, decoded, receivedAt, bytes });
  };
}

function takeBatch(door: Door): Handler {
  return async (request, reply) => {
    const receivedAt = door.clock();
    const { json, bytes } = await readJson(request, largestBatch);
    const caller = await callerOf(door, request, json);
    const decoded = sound(decodeBatch(json, receptionOf(receivedAt, caller.trusted), { bytes }));
    return door.accept(reply, { caller, decoded, receivedAt, bytes });
  };
}

/** With a write key an import is a batch as any other; with a secret key it may bring history, under a source of its own. */
function takeImport(door: Door): Handler {
  const batch = takeBatch(door);
  return async (request, reply) => {
    const receivedAt = door.clock();
    const { json, bytes } = await readJson(request, largestImport);
    const caller = await callerOf(door, request, json);
    if (!caller.trusted) return batch(request, reply);
    const source = sourceOf(json) ?? caller.source;
    const decoded = sound(decodeBatch(json, receptionOf(receivedAt, true), { bytes, decode: decodeImportItem }));
    return door.accept(reply, { caller: { ...caller, source }, decoded, receivedAt, bytes });
  };
}

function sourceOf(json: unknown): string | undefined {
  const source = isJson(json) ? json['source'] : undefined;
  if (source === undefined) return undefined;
  if (typeof source === 'string' && /^[a-z0-9-]{1,60}$/.test(source)) return source;
  const message = 'must be 1 to 60 of a-z, 0-9 and -';
  throw problem(400, 'Invalid request', `source ${message}`, { errors: [{ path: '/body/source', message }] });
}

async function readJson(request: FastifyRequest, limit: number): Promise<{ json: unknown; bytes: number }> {
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const body = sound(await inflateBody(raw, request.headers['content-encoding'], limit));
  return { json: sound(parseJson(body)).json, bytes: body.length };
}

/** The key is no part of what happened: the same event sent under another key keeps its content. */
function withoutKey(json: unknown): unknown {
  if (!isJson(json) || !('writeKey' in json)) return json;
  const { writeKey: _writeKey, ...call } = json;
  return call;
}
