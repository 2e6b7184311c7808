import type { ServiceName } from '@baton/contracts/topics';
import type { Publication } from '@baton/messaging/record';
import { openDatabase } from '@baton/persistence/open-database';
import type { TestRun } from './run-service.js';

/** Publishes in the place of a service that does not run in a test, through the same outbox. */
export interface Feed {
  /** Resolves when the running services have handled what was published, and whatever followed from it. */
  publish(...facts: readonly Publication[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens the outbox of `service` in the installation of a test run. Close it before the run is stopped. */
export async function feedAs(run: TestRun, service: ServiceName): Promise<Feed> {
  const database = await openDatabase({ url: run.databaseUrl, schema: service, poolSize: 1 });
  const unit = run.transport.unitOfWork(service, database);
  return {
    async publish(...facts) {
      await unit.run(() => Promise.resolve({ result: null, publish: facts }));
      await run.settled();
    },
    close: () => database.close(),
  };
}
