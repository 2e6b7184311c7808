import { countDeadLetters } from '@baton/messaging/dead-letter-store';
import { measureOutbox } from '@baton/messaging/relay-store';
import type { Metrics } from '@baton/observability/metrics';
import type { HostedService } from './process-resources.js';

/** Measures, whenever metrics are asked for, how many records of each service wait for a replay. */
export function measureDeadLetters(metrics: Metrics, services: readonly HostedService[]): void {
  const gauge = metrics.gauge({
    name: 'baton_dead_letters',
    help: 'Records that a service could not handle and that were not replayed since',
    labels: ['service'],
  });
  metrics.beforeReading(async () => {
    for (const { definition, database } of services)
      gauge.set({ service: definition.name }, await countDeadLetters(database));
  });
}

/** Measures, whenever metrics are asked for, what each service still has to ship to the broker. */
export function measureOutboxes(metrics: Metrics, services: readonly HostedService[]): void {
  const records = metrics.gauge({
    name: 'baton_outbox_records',
    help: 'Records in the outbox of a service that are not known to be on the broker',
    labels: ['service'],
  });
  const age = metrics.gauge({
    name: 'baton_outbox_age_seconds',
    help: 'Age of the oldest record in the outbox of a service that is not known to be on the broker',
    labels: ['service'],
  });
  metrics.beforeReading(async () => {
    for (const { definition, database } of services) {
      const outbox = await measureOutbox(database);
      records.set({ service: definition.name }, outbox.records);
      age.set({ service: definition.name }, outbox.ageSeconds);
    }
  });
}
