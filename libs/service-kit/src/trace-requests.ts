import { allRoutes } from '@baton/contracts/http/all-routes';
import { type TraceSpan, runInSpan, startSpan } from '@baton/observability/spans';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** What a platform asks every few seconds is nobody's trace. */
const untraced = /^\/(health\/|metrics$)/;

/**
 * Makes every request a step of the trace that its `traceparent` names, or the first of a new one, under the service that
 * serves it. Spans by hand: the instrumentation of HTTP halves what ingest can take.
 */
export function traceRequests(fastify: FastifyInstance): void {
  const services = new Map(allRoutes.map(({ method, path, service }) => [`${method} ${fastifyPath(path)}`, service]));
  const spans = new WeakMap<FastifyRequest, TraceSpan>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method, url = 'unknown' } = request.routeOptions;
    const route = `${String(method)} ${url}`;
    // What no contract names are the plain routes of the door.
    const service = services.get(route) ?? 'ingest';
    const parent = one(request.headers['traceparent']);
    const span = untraced.test(url) ? undefined : startSpan({ service, name: route, kind: 'server', parent });
    if (span) spans.set(request, span);
    done();
  });
  // Not earlier: reading a body leaves the context in which it was asked for.
  fastify.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) runInSpan(span, done);
    else done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { statusCode } = reply;
    const span = spans.get(request);
    span?.note({ 'http.request.method': request.method, 'http.response.status_code': statusCode });
    span?.end(statusCode >= 500 ? `answered ${statusCode}` : undefined);
    done();
  });
}

function fastifyPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? undefined : header;
}
