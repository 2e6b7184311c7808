import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const places = [
  '/v1/*',
  '/pixel/*',
  '/beacon/*',
  '/com.snowplowanalytics.snowplow/*',
  '/sourceConfig',
  '/sourceConfig/',
  '/i',
  '/ice.png',
];

/**
 * Lets pages of any origin send events: the write key is public, and no cookie of ours is ever read here. The origin is echoed, with
 * credentials, because Snowplow's tracker sends them; requested headers are allowed as asked, because SDKs add headers on
 * retries; `Retry-After` is exposed, or browsers could not see it.
 */
export function allowAllOrigins(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    allowOrigin(request, reply);
    done();
  });
  for (const place of places) fastify.options(place, answerPreflight);
}

function allowOrigin({ headers: { origin } }: FastifyRequest, reply: FastifyReply): void {
  reply.header('vary', 'Origin');
  if (origin === undefined) return;
  reply.header('access-control-allow-origin', origin);
  reply.header('access-control-allow-credentials', 'true');
  reply.header('access-control-expose-headers', 'Retry-After, X-RateLimit-Reset');
}

function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = headers['access-control-request-headers'];
  if (asked !== undefined) reply.header('access-control-allow-headers', asked);
  return reply
    .header('access-control-allow-methods', 'GET, POST, HEAD, OPTIONS')
    .header('access-control-max-age', '7200')
    .status(204)
    .send();
}
