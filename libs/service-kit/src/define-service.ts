import type { ServiceName, Topic } from '@baton/contracts/topics';
import type { Migration } from '@baton/persistence/sql';
import type { Provider, Type } from '@nestjs/common';

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
}

export function defineService(definition: ServiceDefinition): ServiceDefinition {
  return definition;
}
