import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../apps/console/dist/', import.meta.url));

/** The addresses that the console itself resolves; all of them are one page. */
const pages = ['/', '/leads/:id', '/funnel', '/start', '/sign-in'];

/**
 * Serves the built console. Its files are named after their content and may be kept for ever; the page that names them is
 * asked for anew each time. Any other address stays a problem+json 404.
 */
export async function consolePages(fastify: FastifyInstance): Promise<void> {
  if (!existsSync(folder)) return;
  await fastify.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    index: false,
    immutable: true,
    maxAge: '365d',
  });
  for (const page of pages) fastify.get(page, sendPage);
}

function sendPage(_request: unknown, reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
}
