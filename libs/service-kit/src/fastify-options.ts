import type { Metrics } from '@baton/observability/metrics';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problem } from './problem.js';
import { problemOf, sendProblem } from './problem-filter.js';

const mebibyte = 1024 * 1024;

/** Limits of the HTTP server; a malformed URL is answered here because no hook or filter sees it. */
export function fastifyOptions() {
  return {
    bodyLimit: mebibyte,
    forceCloseConnections: 'idle' as const,
    routerOptions: { maxParamLength: 1000 },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, problemOf(error, request)),
  };
}

/** Reads JSON bodies with Fastify's own safe parser, and takes an empty body for none. */
export function installJsonParser(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeContentTypeParser('application/json');
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') return done(null, undefined);
    return parse(request, String(text), (error, value) => (error ? done(badJson(error)) : done(null, value)));
  });
  fastify.removeContentTypeParser('text/plain');
}

function badJson(error: Error) {
  const errors = [{ path: '/body', message: 'is not valid JSON' }];
  return problem(400, 'Invalid request', `The body is not valid JSON: ${error.message}`, { errors });
}

/** Times every answer by its route, never by its path: ids do not become label values. */
export function measureRequests(fastify: FastifyInstance, metrics: Metrics): void {
  const duration = metrics.histogram({
    name: 'baton_http_request_duration_seconds',
    help: 'Time from request to answer',
    labels: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: String(reply.statusCode),
    };
    duration.observe(labels, reply.elapsedTime / 1000);
    done();
  });
}
