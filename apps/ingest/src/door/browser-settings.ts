import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Door } from './door.js';

/**
 * What the browser SDKs ask before they send: with it Segment's works unmodified but for `cdnURL`, RudderStack's but for its `configUrl`.
 * A sample rate of 0 keeps Segment's SDK from sending measurements of itself to Segment.
 */
export function browserSettingsRoutes(fastify: FastifyInstance, door: Door): void {
  fastify.get('/v1/projects/:writeKey/settings', (request, reply) => {
    const { writeKey } = request.params as { writeKey: string };
    return reply.send(segmentSettings(writeKey, request));
  });
  for (const path of ['/sourceConfig', '/sourceConfig/']) {
    fastify.get(path, (request, reply) => {
      const { writeKey } = request.query as { writeKey?: unknown };
      return reply.send(rudderConfig(typeof writeKey === 'string' ? writeKey : '', door.clock()));
    });
  }
}

function segmentSettings(writeKey: string, { protocol, host }: FastifyRequest) {
  const allowed = { enabled: true };
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost: `${host}/v1`,
        protocol,
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: {
      track: { __default: { ...allowed, integrations: {} } },
      identify: { __default: allowed },
      group: { __default: allowed },
    },
    metrics: { sampleRate: 0 },
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    remotePlugins: [],
    legacyVideoPluginsEnabled: false,
  };
}

function rudderConfig(writeKey: string, now: number) {
  const updatedAt = new Date(now).toISOString();
  const off = { enabled: false };
  return {
    source: {
      id: 'baton',
      name: 'Baton',
      writeKey,
      enabled: true,
      updatedAt,
      config: { statsCollection: { errors: off, metrics: off } },
      connections: [],
      destinations: [],
      dataplanes: {},
      workspaceId: 'baton',
    },
    updatedAt,
    isHosted: true,
  };
}
