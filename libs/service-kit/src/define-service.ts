import 'reflect-metadata';
import type { ServiceName, Topic } from '@baton/contracts/topics';
import type { Migration } from '@baton/persistence/sql';
import type { InjectionToken, Provider, Type } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { bindHandlers } from './consumes.js';

/** Answers a provider of the service's own module by its token or class. */
export type Resolve = <Value>(token: InjectionToken<Value>) => Value;

/** A row as JSON has it. */
export type StoredRow = Readonly<Record<string, unknown>>;

export interface Rebuilt {
  /** Tables that a replay does not make: they count what the service itself published. */
  readonly kept: readonly string[];
  /** Tables made of topics that have no history, with those topics: a replay makes them as far as the log reaches. */
  readonly passing: Readonly<Record<string, readonly Topic[]>>;
  /** The part of a row that the facts decide, where that is not all of it: how batches were cut decides the rest. */
  readonly decided?: (table: string, row: StoredRow) => StoredRow;
}

/**
 * The table of contents of a service: what it consumes, publishes, stores and serves. One constant, in `src/service.ts`.
 */
export interface ServiceDefinition {
  readonly name: ServiceName;
  readonly consumes: readonly Topic[];
  readonly publishes: readonly Topic[];
  readonly migrations: readonly Migration[];
  /** Nest controllers: HTTP (`@Serves`) and topics (`@Consumes`). */
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  /** Given where facts alone make the tables, so that a replay of the topics makes them again. */
  readonly rebuilt?: Rebuilt;
  /**
   * Plain Fastify routes for hot paths, in a scope of their own **without any body parser**: the service installs what it
   * needs. Access and validation are its own business there; errors it throws still become problem+json.
   */
  readonly http?: (fastify: FastifyInstance, resolve: Resolve) => Promise<void> | void;
}

/** Checks a definition against its handlers: every topic that is consumed has exactly one. Throws at import time otherwise. */
export function defineService(definition: ServiceDefinition): ServiceDefinition {
  const handled = bindHandlers(definition.name, definition.controllers).toSorted();
  const declared = definition.consumes.map((topic) => topic.name).toSorted();
  if (handled.join() !== declared.join()) {
    throw new Error(
      `Service ${definition.name} declares that it consumes [${declared.join(', ')}] but its controllers handle [${handled.join(', ')}]. ` +
        'Give each consumed topic exactly one @Consumes method in one of the controllers.',
    );
  }
  return definition;
}
