import type { Health } from '@baton/observability/health';
import type { Logger } from '@baton/observability/logger';
import type { Metrics } from '@baton/observability/metrics';
import type { Transport } from '@baton/messaging/transport';
import type { Database } from '@baton/persistence/sql';
import type { ServiceDefinition } from './define-service.js';
import type { HotStates } from './hot-state.js';
import type { Settings } from './settings.js';
import type { Clock } from './tokens.js';

/** What every service of a process shares. */
export interface ProcessResources {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly transport: Transport;
  readonly hotStates: HotStates;
}

/** A service with its own schema, migrated. */
export interface HostedService {
  readonly definition: ServiceDefinition;
  readonly database: Database;
}
