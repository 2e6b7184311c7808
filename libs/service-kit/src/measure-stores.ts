import { countDeadLetters } from '@baton/messaging/dead-letter-store';
import { measureOutbox } from '@baton/messaging/relay-store';
import { type Measuring, measureReachable, measureUp } from './measure-reachable.js';
import type { HostedService } from './process-resources.js';

/** Tells, whenever metrics are asked for, whether the databases answer. */
export function measureDatabases({ metrics }: Measuring, services: readonly HostedService[]): void {
  measureUp(metrics, 'baton_database_up', {
    help: '1 while the database of every service of this process answers within three seconds, else 0',
    ask: () => Promise.all(services.map(({ database }) => database.query('select 1'))),
  });
}

/** Measures, whenever metrics are asked for, how many records of each service wait for a replay. */
export function measureDeadLetters(measuring: Measuring, services: readonly HostedService[]): void {
  const gauge = measuring.metrics.gauge({
    name: 'baton_dead_letters',
    help: 'Records that a service could not handle and that were not replayed since',
    labels: ['service'],
  });
  const measure = async () => {
    for (const { definition, database } of services)
      gauge.set({ service: definition.name }, await countDeadLetters(database));
  };
  measureReachable(measuring, { what: 'dead letters', gauges: [gauge], measure });
}

/** Measures, whenever metrics are asked for, what each service still has to ship to the broker. */
export function measureOutboxes(measuring: Measuring, services: readonly HostedService[]): void {
  const { metrics } = measuring;
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
  const measure = async () => {
    for (const { definition, database } of services) {
      const outbox = await measureOutbox(database);
      records.set({ service: definition.name }, outbox.records);
      age.set({ service: definition.name }, outbox.ageSeconds);
    }
  };
  measureReachable(measuring, { what: 'outboxes', gauges: [records, age], measure });
}
