import { allRoutes } from '@baton/contracts/http/all-routes';
import type { ServiceName } from '@baton/contracts/topics';
import { type TraceSpan, runInSpan, startSpan } from '@baton/observability/spans';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whose route it is, where no contract says so. */
    service?: ServiceName;
  }
}

/** What a platform asks every few seconds is nobody's trace. */
const untraced = /^\/(health\/|metrics$)/;

/**
 * Makes every request a step of the trace that its `traceparent` names, or the first of a new one, under the service that
 * serves it; what no service serves (a page of the console, an unknown address) is no step. Spans by hand: the
 * instrumentation of HTTP halves what ingest can take.
 */
export function traceRequests(fastify: FastifyInstance): void {
  const services = new Map(allRoutes.map(({ method, path, service }) => [`${method} ${fastifyPath(path)}`, service]));
  const spans = new WeakMap<FastifyRequest, TraceSpan>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method, url = 'unknown', config } = request.routeOptions;
    const name = `${String(method)} ${url}`;
    const service = services.get(name) ?? config?.service;
    const parent = one(request.headers['traceparent']);
    const span = service && !untraced.test(url) ? startSpan({ service, name, kind: 'server', parent }) : undefined;
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
