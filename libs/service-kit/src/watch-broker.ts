import { topics } from '@baton/contracts/topics';
import type { HealthCheck } from '@baton/observability/health';
import type { ServiceDefinition } from './define-service.js';
import { measureUp } from './measure-reachable.js';
import type { ProcessResources } from './process-resources.js';

const lookAgainMs = 5_000;

/**
 * Adds a check of the broker and a metric. The check answers at once what was found last, and looks again behind the answer,
 * because a broker that is away answers late. Reads go on without it, so the process stays ready.
 */
export function watchBroker(
  { health, metrics, transport, clock }: ProcessResources,
  definitions: readonly ServiceDefinition[],
): void {
  // The database tells where topics of this process's own services end; only the broker tells it of a direct one.
  const isIngest = definitions.some(({ name }) => name === topics.access.producer);
  const look = () => transport.endPositions([isIngest ? topics.visitorEvents : topics.access]);
  health.checkHelper('kafka', lastFound(look, clock));
  measureUp(metrics, 'baton_kafka_up', {
    help: '1 while a broker of Kafka answers within three seconds, else 0',
    ask: look,
  });
}

function lastFound(look: () => Promise<unknown>, clock: () => number): HealthCheck {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let found: Error | undefined;
  return () => {
    if (clock() - lookedAt >= lookAgainMs) {
      lookedAt = clock();
      look().then(
        () => (found = undefined),
        (error: unknown) => (found = error instanceof Error ? error : new Error(String(error))),
      );
    }
    if (found) throw found;
  };
}
