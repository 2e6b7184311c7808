import { type TSchema, Type } from '@sinclair/typebox';
import { Problem } from './http/problem.js';
import type { Route } from './http/route.js';

type Media = Readonly<Record<string, { readonly schema: TSchema }>>;

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly Route['service'][];
  readonly summary: string;
  readonly description?: string;
  /** Any one of them suffices; none: nobody is asked. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Media };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Media }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: TSchema;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: object;
  };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: Route['service']; readonly description: string }[];
  /** Operations by path and by method in small letters. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, TSchema>>;
    readonly securitySchemes: Readonly<Record<string, SecurityScheme>>;
  };
}

interface SecurityScheme {
  readonly type: string;
  readonly description: string;
  readonly [detail: string]: string;
}

/** What each part of the interface is for. */
const services: Readonly<Record<Route['service'], string>> = {
  ingest: 'Takes events, imports and sales activities; keeps identities, keys and what is known of a person',
  scoring: 'Scores leads; its results are read from reporting',
  qualification: 'Stages, answers and the playbooks that decide',
  routing: 'Owners and the roster',
  'sla-monitor': 'The clocks of the promises',
  reporting: 'What people read: leads, timelines, the queue, reports, live news',
  connectors: 'What goes out: webhooks and other systems',
  every: 'Served by each process: sign-in, health, measurements, dead letters, documentation',
};

const problemMedia: Media = {
  'application/problem+json': { schema: Type.Unsafe({ $ref: '#/components/schemas/Problem' }) },
};

/** The OpenAPI 3.1 document of a list of routes, in the order of their paths. */
export function openApiDocument(routes: readonly Route[]): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Baton',
      version: '0.1.0',
      description: 'The lead-lifecycle engine: ingest, working interface, reports.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: tagsOf(routes),
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

function tagsOf(routes: readonly Route[]): OpenApiDocument['tags'] {
  const used = new Set(routes.map(({ service }) => service));
  return Object.entries(services)
    .map(([name, description]) => ({ name: name as Route['service'], description }))
    .filter(({ name }) => used.has(name));
}

function pathsOf(routes: readonly Route[]): OpenApiDocument['paths'] {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes.toSorted(byPath))
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return paths;
}

function byPath(left: Route, right: Route): number {
  const [a, b] = [`${left.path} ${left.method}`, `${right.path} ${right.method}`];
  return a < b ? -1 : Number(a > b);
}

function operation(route: Route): Operation {
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

function securityOf(access: Route['access']): Operation['security'] {
  if (access === 'public') return [];
  return access === 'write-key' ? [{ writeKey: [] }] : [{ secretKey: [] }, { session: [] }];
}

function parameters(place: 'path' | 'query', schema: TSchema | undefined): readonly Parameter[] {
  const properties = (schema?.['properties'] ?? {}) as Record<string, TSchema>;
  const required = (schema?.['required'] ?? []) as readonly string[];
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (required.includes(name) && property['default'] === undefined),
    schema: property,
  }));
}

function requestBody(schema: TSchema): NonNullable<Operation['requestBody']> {
  return { required: true, content: { 'application/json': { schema } } };
}

function success({ response, summary }: Route): Operation['responses'][string] {
  return { description: summary, ...(response ? { content: { 'application/json': { schema: response } } } : {}) };
}
