import type { FastifyInstance } from 'fastify';
import { largestBatch } from '../decode/segment-batch.js';
import { isJson } from '../decode/fields.js';
import { decodeSnowplow, decodeSnowplowEvents, snowplowKey } from '../decode/snowplow.js';
import { type Door, callerOf, receptionOf, sound } from './door.js';
import { quietly, sendGif } from './pixel-routes.js';
import { inflateBody, parseJson } from './read-body.js';

/** Snowplow's trackers: their application id (`aid`, the browser tracker's `appId`) is the write key. */
export function snowplowRoutes(fastify: FastifyInstance, door: Door): void {
  fastify.post('/com.snowplowanalytics.snowplow/tp2', async (request, reply) => {
    const receivedAt = door.clock();
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const body = sound(await inflateBody(raw, request.headers['content-encoding'], largestBatch));
    const { json } = sound(parseJson(body));
    const data = isJson(json) && Array.isArray(json['data']) ? json['data'] : [];
    const caller = await callerOf(door, request, snowplowKey(data));
    const decoded = sound(decodeSnowplow(json, receptionOf(receivedAt, caller.trusted, request.headers['user-agent'])));
    return door.accept(reply, { caller, decoded, receivedAt, bytes: body.length });
  });
  for (const path of ['/i', '/ice.png']) {
    fastify.get(path, async (request, reply) => {
      await quietly({ request, reply }, async () => {
        const receivedAt = door.clock();
        const caller = await door.callers.of(request, snowplowKey([request.query]));
        if (!caller) return;
        const reception = receptionOf(receivedAt, caller.trusted, request.headers['user-agent']);
        const decoded = decodeSnowplowEvents([request.query], reception);
        await door.take({ caller, decoded, receivedAt, bytes: request.url.length });
      });
      return sendGif(reply);
    });
  }
}
