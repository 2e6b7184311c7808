import { ingestRoutes } from '@baton/contracts/http/ingest';
import type { Database } from '@baton/persistence/sql';
import { type Call, Serves } from '@baton/service-kit/serves';
import type { Settings } from '@baton/service-kit/settings';
import { DATABASE, SETTINGS } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { type ArrivalKind, arrivalKinds } from './arrivals.js';
import { readArrivals } from './arrivals-store.js';

/** What the first page of an empty installation shows: where to send events, with which key, and what has come. */
@Controller()
export class StartController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Serves(ingestRoutes.start)
  async start({ raw }: Call<typeof ingestRoutes.start>) {
    const arrived = await readArrivals(this.database);
    const has = (kind: ArrivalKind) => [kind, arrived.has(kind)] as const;
    const { protocol, host } = raw.request;
    return {
      writeKey: this.settings.writeKey,
      url: `${protocol}://${host}`,
      arrived: Object.fromEntries(arrivalKinds.map(has)),
    };
  }
}
