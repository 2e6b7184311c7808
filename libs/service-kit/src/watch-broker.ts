import { topics } from '@baton/contracts/topics';
import type { Transport } from '@baton/messaging/transport';
import type { Health, HealthCheck } from '@baton/observability/health';

const lookAgainMs = 5_000;

/**
 * Adds a check of the broker. It answers at once what was found last, and looks again behind the answer, because a broker
 * that is away answers late. Reads go on without it, so the process stays ready.
 */
export function watchBroker(health: Health, transport: Pick<Transport, 'endPositions'>, clock: () => number): void {
  health.checkHelper(
    'kafka',
    lastFound(() => transport.endPositions([topics.access]), clock),
  );
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
