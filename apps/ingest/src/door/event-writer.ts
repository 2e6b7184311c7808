import type { Publication } from '@baton/messaging/record';
import type { Transport } from '@baton/messaging/transport';
import type { Database } from '@baton/persistence/sql';
import type { HotState } from '@baton/service-kit/hot-state';
import { DATABASE, HOT_STATE, TRANSPORT } from '@baton/service-kit/tokens';
import { Inject, Injectable } from '@nestjs/common';

/** Writes events durably, without those that another replica is known to have written. */
@Injectable()
export class EventWriter {
  constructor(
    @Inject(TRANSPORT) private readonly transport: Transport,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(HOT_STATE) private readonly hot: HotState,
  ) {}

  /** Resolves once all of them are durable, with how many were written now. */
  async write(events: readonly Publication[]): Promise<number> {
    const known = await this.hot.noted(events.map(({ id }) => id));
    const fresh = known.size === 0 ? events : events.filter((_, index) => !known.has(index));
    if (fresh.length === 0) return 0;
    await this.transport.append('ingest', this.database, fresh);
    // Only what is durable may be noted: a repeat of it is dropped unread.
    this.hot.note(fresh.map(({ id }) => id));
    return fresh.length;
  }
}
