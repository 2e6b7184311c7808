import { RethrowFilter } from '@baton/messaging/rethrow-filter';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AccessGuard } from './access-guard.js';
import { Access } from './access.js';
import { AnswerInterceptor } from './answer-interceptor.js';
import type { Resolve } from './define-service.js';
import { fastifyOptions, installJsonParser, measureRequests } from './fastify-options.js';
import { Freshness } from './freshness.js';
import { KeyDirectory } from './key-directory.js';
import { LiveStreams } from './live-streams.js';
import { nestLogger } from './nest-logger.js';
import { ProblemFilter } from './problem-filter.js';
import type { HostedService, ProcessResources } from './process-resources.js';
import { processModule, serviceModule } from './service-module.js';
import { traceRequests } from './trace-requests.js';

export interface ApplicationParts {
  readonly services: readonly HostedService[];
  readonly shared: ProcessResources;
  /** Carries the topics to the handlers. */
  readonly strategy: CustomTransportStrategy;
  /** Further routes outside any service: the console's files. */
  readonly pages?: (fastify: FastifyInstance) => Promise<void>;
}

/**
 * Builds the one Nest application of a process: a module per service on a shared Fastify server, problem+json for every
 * failure, and the transport strategy connected but not started.
 */
export async function createApplication({
  services,
  shared,
  strategy,
  pages,
}: ApplicationParts): Promise<NestFastifyApplication> {
  const { settings, transport, clock, logger } = shared;
  const keys = new KeyDirectory(transport, clock);
  const access = new Access(settings, keys, clock);
  const modules = services.map((service) => serviceModule(service, shared, keys));
  const adapter = new FastifyAdapter({ ...fastifyOptions(), skipMiddie: true });
  const app = await NestFactory.create<NestFastifyApplication>(
    processModule(services, modules, shared, access),
    adapter,
    {
      logger: nestLogger(logger),
      bodyParser: false,
      abortOnError: false,
    },
  );
  const streams = new LiveStreams();
  const freshness = new Freshness(
    services.map(({ definition }) => definition),
    transport,
    clock,
  );
  app.useGlobalGuards(new AccessGuard(access));
  app.useGlobalInterceptors(new AnswerInterceptor(freshness, streams));
  app.useGlobalFilters(new ProblemFilter(logger));
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  installJsonParser(fastify);
  measureRequests(fastify, shared.metrics);
  if (settings.tracing) traceRequests(fastify);
  fastify.addHook('preClose', (done) => (streams.endAll(), done()));
  services.forEach((service, index) => mountPlainRoutes(service, app.select(modules[index]!), fastify));
  if (pages) void fastify.register(pages);
  app.connectMicroservice({ strategy }, { deferInitialization: true }).useGlobalFilters(new RethrowFilter());
  return app;
}

/** A service's own Fastify routes live in a scope without body parsers, so that raw bodies reach them untouched. */
function mountPlainRoutes({ definition }: HostedService, module: { get: Resolve }, fastify: FastifyInstance): void {
  const { http, name } = definition;
  if (!http) return;
  void fastify.register(async (scope) => {
    scope.addHook('onRoute', (route) => void (route.config = { ...route.config, service: name }));
    scope.removeAllContentTypeParsers();
    await http(scope, (token) => module.get(token));
  });
}
