import { problemOf } from '@baton/service-kit/problem-filter';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type CallType, type Json, callTypes, isRefusal } from '../decode/decoded-event.js';
import { decodePixel, readPixelData, readRudderPixel } from '../decode/pixel.js';
import { type Door, receptionOf } from './door.js';

const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/**
 * Pixels: an image is answered whatever happens, because whoever shows it can do nothing about it. Only its status tells
 * that an event could not be kept.
 */
export function pixelRoutes(fastify: FastifyInstance, door: Door): void {
  for (const type of callTypes) {
    fastify.get(`/v1/pixel/${type}`, async (request, reply) => {
      const call = readPixelData((request.query as { data?: unknown }).data);
      if (!isRefusal(call)) await takePixel(door, { request, reply }, { type, call });
      return sendGif(reply);
    });
  }
  for (const type of ['track', 'page'] as const) {
    fastify.get(`/pixel/v1/${type}`, async (request, reply) => {
      await takePixel(door, { request, reply }, { type, call: readRudderPixel(request.query as Json) });
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

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Takes what an image tells, whoever sent it; when that cannot be known or kept, the status of the image says so. */
export async function quietly({ request, reply }: Exchange, take: () => Promise<unknown>): Promise<void> {
  await take().catch((error: unknown) => {
    const { status, extensions } = problemOf(error, request);
    reply.status(status);
    if (extensions.retryAfter !== undefined) reply.header('retry-after', String(extensions.retryAfter));
  });
}

async function takePixel(door: Door, exchange: Exchange, { type, call }: PixelCall): Promise<void> {
  const { request } = exchange;
  await quietly(exchange, async () => {
    const receivedAt = door.clock();
    const caller = await door.callers.of(request, call);
    if (!caller) return;
    const decoded = decodePixel(call, type, receptionOf(receivedAt, caller.trusted, request.headers['user-agent']));
    await door.take({ decoded, caller, receivedAt, bytes: request.url.length });
  });
}
