import type { FastifyInstance } from 'fastify';
import { readFileSync } from 'node:fs';

/** The browser snippet, to be loaded by a script element that names the write key. */
export function snippetRoute(fastify: FastifyInstance): void {
  const snippet = readFileSync(new URL('../../assets/baton.js', import.meta.url), 'utf8');
  fastify.get('/baton.js', (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=3600')
      .header('cross-origin-resource-policy', 'cross-origin')
      .type('text/javascript; charset=utf-8')
      .send(snippet),
  );
}
