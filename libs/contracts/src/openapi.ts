import type { TSchema } from '@sinclair/typebox';
import { Problem } from './http/problem.js';
import type { Route } from './http/route.js';

const problemMedia = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

/** The OpenAPI 3.1 document of a list of routes, in the order of their paths. */
export function openApiDocument(routes: readonly Route[]): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Baton',
      version: '0.1.0',
      description: 'The lead-lifecycle engine: ingest, working interface, reports.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: pathsOf(routes),
    components: {
      schemas: { Problem },
      securitySchemes: {
        secretKey: { type: 'http', scheme: 'bearer', description: 'a secret key or the admin token' },
        session: { type: 'apiKey', in: 'cookie', name: 'baton_session', description: 'set by POST /api/session' },
        writeKey: { type: 'http', scheme: 'basic', description: 'the write key as user name, no password' },
      },
    },
  };
}

function pathsOf(routes: readonly Route[]): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes.toSorted(byPath))
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return paths;
}

function byPath(left: Route, right: Route): number {
  const [a, b] = [`${left.path} ${left.method}`, `${right.path} ${right.method}`];
  return a < b ? -1 : Number(a > b);
}

function operation(route: Route): Record<string, unknown> {
  return {
    operationId: operationId(route),
    tags: [route.service],
    summary: route.summary,
    ...(Array.isArray(route.access) ? { description: `Roles: ${route.access.join(', ')}.` } : {}),
    security: securityOf(route.access),
    parameters: [...parameters('path', route.params), ...parameters('query', route.query)],
    ...(route.body ? { requestBody: requestBody(route.body) } : {}),
    responses: {
      [String(route.status ?? 200)]: success(route),
      default: { description: 'What went wrong and what to do', content: problemMedia },
    },
  };
}

/** `GET /api/leads/{id}/timeline` is `getApiLeadsIdTimeline`. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter(Boolean);
  return method.toLowerCase() + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
}

function securityOf(access: Route['access']): readonly Record<string, readonly string[]>[] {
  if (access === 'public') return [];
  return access === 'write-key' ? [{ writeKey: [] }] : [{ secretKey: [] }, { session: [] }];
}

function parameters(place: 'path' | 'query', schema: TSchema | undefined): readonly Record<string, unknown>[] {
  const properties = (schema?.['properties'] ?? {}) as Record<string, TSchema>;
  const required = (schema?.['required'] ?? []) as readonly string[];
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function requestBody(schema: TSchema): Record<string, unknown> {
  return { required: true, content: { 'application/json': { schema } } };
}

function success({ response, summary }: Route): Record<string, unknown> {
  return { description: summary, ...(response ? { content: { 'application/json': { schema: response } } } : {}) };
}
