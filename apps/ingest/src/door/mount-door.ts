import type { Resolve } from '@baton/service-kit/define-service';
import type { Logger } from '@baton/observability/logger';
import { problem } from '@baton/service-kit/problem';
import { problemOf, sendProblem } from '@baton/service-kit/problem-filter';
import { LOGGER } from '@baton/service-kit/tokens';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { largestBatch } from '../decode/segment-batch.js';
import { browserSettingsRoutes } from './browser-settings.js';
import { allowAllOrigins } from './cors.js';
import { openDoor } from './door.js';
import { formRoutes } from './form-routes.js';
import { pixelRoutes } from './pixel-routes.js';
import { segmentRoutes } from './segment-routes.js';
import { snippetRoute } from './snippet-route.js';
import { snowplowRoutes } from './snowplow-routes.js';

const wellFormedType = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;

/** Mounts every public ingest route. Bodies of any content type arrive as the bytes that were sent. */
export function mountDoor(fastify: FastifyInstance, resolve: Resolve): void {
  const door = openDoor(resolve);
  const logger = resolve<Logger>(LOGGER);
  fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: largestBatch }, (_request, body, done) =>
    done(null, body),
  );
  fastify.addHook('onRequest', takeAnyContentType);
  fastify.setErrorHandler((error, request, reply) => {
    const known = problemAtTheDoor(error, request);
    if (known.status >= 500) logger.error('request failed', { route: request.routeOptions.url, error });
    sendProblem(reply, known);
  });
  allowAllOrigins(fastify);
  segmentRoutes(fastify, door);
  pixelRoutes(fastify, door);
  formRoutes(fastify, door);
  browserSettingsRoutes(fastify, door);
  snippetRoute(fastify);
  snowplowRoutes(fastify, door);
}

/** Fastify refuses a content type that it cannot read before anybody is asked. */
function takeAnyContentType({ headers }: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  if (!wellFormedType.test(headers['content-type'] ?? '')) headers['content-type'] = 'application/octet-stream';
  done();
}

/** Too large is 400 here, as Segment's clients expect: they drop the event instead of sending it for ever. */
function problemAtTheDoor(error: unknown, request: FastifyRequest) {
  if ((error as { code?: unknown }).code !== 'FST_ERR_CTP_BODY_TOO_LARGE') return problemOf(error, request);
  const message = 'is too large: 32 KB for an event, 500 KB for a batch, 4 MB for an import';
  return problem(400, 'Invalid request', `The body ${message}`, { errors: [{ path: '/body', message }] });
}
