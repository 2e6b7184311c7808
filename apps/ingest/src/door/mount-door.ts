import type { Resolve } from '@baton/service-kit/define-service';
import { problem } from '@baton/service-kit/problem';
import type { FastifyInstance } from 'fastify';
import { largestBatch } from '../decode/segment-batch.js';
import { browserSettingsRoutes } from './browser-settings.js';
import { allowAllOrigins } from './cors.js';
import { openDoor } from './door.js';
import { formRoutes } from './form-routes.js';
import { pixelRoutes } from './pixel-routes.js';
import { segmentRoutes } from './segment-routes.js';

/** Mounts every public ingest route. Bodies of any content type arrive as the bytes that were sent. */
export function mountDoor(fastify: FastifyInstance, resolve: Resolve): void {
  const door = openDoor(resolve);
  fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: largestBatch }, (_request, body, done) =>
    done(null, body),
  );
  allowAllOrigins(fastify);
  segmentRoutes(fastify, door);
  pixelRoutes(fastify, door);
  formRoutes(fastify, door);
  browserSettingsRoutes(fastify, door);
}
