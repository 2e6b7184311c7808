import { allRoutes } from '@baton/contracts/http/all-routes';
import type { Route } from '@baton/contracts/http/route';
import { Health } from '@baton/observability/health';
import { schemaIdentity } from '@baton/persistence/schema-identity';
import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { Access } from './access.js';
import { DeadLettersController } from './dead-letters.controller.js';
import type { ServiceDefinition } from './define-service.js';
import { OperationsController } from './operations.controller.js';
import { KeyDirectory } from './key-directory.js';
import { LagController } from './lag.controller.js';
import type { HostedService, ProcessResources } from './process-resources.js';
import { routeOf } from './serves.js';
import { SessionController } from './session.controller.js';
import {
  CLOCK,
  DATABASE,
  DOCUMENTED_ROUTES,
  HOSTED_SERVICES,
  HOT_STATE,
  LOGGER,
  METRICS,
  SETTINGS,
  TRANSPORT,
  UNIT_OF_WORK,
} from './tokens.js';

/** The module of one service: its controllers and providers, with tokens that mean its own schema and log. */
export function serviceModule(
  { definition, database }: HostedService,
  shared: ProcessResources,
  keys: KeyDirectory,
): DynamicModule {
  const { name, controllers, providers } = definition;
  const own: Provider[] = [
    { provide: DATABASE, useValue: database },
    { provide: UNIT_OF_WORK, useValue: shared.transport.unitOfWork(name, database) },
    { provide: HOT_STATE, useFactory: async () => shared.hotStates.of(`${name}/${await schemaIdentity(database)}`) },
    { provide: LOGGER, useValue: shared.logger.with({ service: name }) },
    { provide: KeyDirectory, useValue: keys },
  ];
  return {
    module: namedModule(name),
    controllers: [...controllers],
    providers: [...own, ...sharedProviders(shared), ...providers],
  };
}

/** The module that holds the process together: sign-in, health, metrics and the document of what is served. */
export function processModule(
  hosted: readonly HostedService[],
  services: readonly DynamicModule[],
  shared: ProcessResources,
  access: Access,
): DynamicModule {
  const own: Provider[] = [
    { provide: LOGGER, useValue: shared.logger },
    { provide: Health, useValue: shared.health },
    { provide: Access, useValue: access },
    { provide: HOSTED_SERVICES, useValue: hosted },
    {
      provide: DOCUMENTED_ROUTES,
      useValue: documentedRoutes(services.flatMap((service) => service.controllers ?? [])),
    },
  ];
  return {
    module: namedModule('process'),
    imports: [...services],
    controllers: [SessionController, OperationsController, DeadLettersController, LagController],
    providers: [...own, ...sharedProviders(shared)],
  };
}

function sharedProviders({ transport, settings, clock, metrics }: ProcessResources): readonly Provider[] {
  return [
    { provide: TRANSPORT, useValue: transport },
    { provide: SETTINGS, useValue: settings },
    { provide: CLOCK, useValue: clock },
    { provide: METRICS, useValue: metrics },
  ];
}

/** Nest tells modules apart by their class, so each service gets one of its own, with its name in errors. */
function namedModule(name: ServiceDefinition['name'] | 'process'): Type {
  const module = { [name]: class {} }[name] as Type;
  Module({})(module);
  return module;
}

/** What is served here, and the rest of the interface, which is served by whoever runs its services. */
function documentedRoutes(controllers: readonly Type[]): readonly Route[] {
  const served = controllers.flatMap(({ prototype }: { prototype: object }) =>
    Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap(({ value }: { value?: unknown }) => {
      const route = typeof value === 'function' ? routeOf(value) : undefined;
      return route ? [route] : [];
    }),
  );
  return [...new Set([...served, ...allRoutes])];
}
