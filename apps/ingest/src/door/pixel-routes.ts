import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type CallType, type Json, callTypes, isRefusal } from '../decode/decoded-event.js';
import { decodePixel, readPixelData, readRudderPixel } from '../decode/pixel.js';
import { type Door, receptionOf } from './door.js';

const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** Pixels: an image is answered whatever happens, because whoever shows it can do nothing about it. */
export function pixelRoutes(fastify: FastifyInstance, door: Door): void {
  for (const type of callTypes) {
    fastify.get(`/v1/pixel/${type}`, async (request, reply) => {
      const call = readPixelData((request.query as { data?: unknown }).data);
      if (!isRefusal(call)) await takePixel(door, request, { type, call });
      return sendGif(reply);
    });
  }
  for (const type of ['track', 'page'] as const) {
    fastify.get(`/pixel/v1/${type}`, async (request, reply) => {
      await takePixel(door, request, { type, call: readRudderPixel(request.query as Json) });
      return sendGif(reply);
    });
  }
}

export function sendGif(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store').type('image/gif').send(gif);
}

interface PixelCall {
  readonly type: CallType;
  readonly call: Json;
}

async function takePixel(door: Door, request: FastifyRequest, { type, call }: PixelCall): Promise<void> {
  const receivedAt = door.clock();
  const caller = await door.callers.of(request, call);
  if (!caller) return;
  const decoded = decodePixel(call, type, receptionOf(receivedAt, caller.trusted, request.headers['user-agent']));
  // The image is shown all the same; overload and a failing database show in the metrics.
  await door.take({ decoded, caller, receivedAt, bytes: request.url.length }).catch(() => undefined);
}
