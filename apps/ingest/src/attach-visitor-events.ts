import { topics } from '@baton/contracts/topics';
import { visitorEventAccepted } from '@baton/contracts/visitor-events';
import type { Effects } from '@baton/messaging/handler';
import type { Batch } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { Controller, Inject } from '@nestjs/common';
import { AccountNews } from './identity/account-news.js';
import { foldBatch } from './identity/fold-batch.js';
import { type IncomingEvent, type VisitorEventAccepted, incomingEvent } from './identity/incoming-event.js';
import { leadPublications } from './identity/lead-publications.js';
import { ensureMonths, monthOf } from './identity/months-store.js';
import { ActiveTraits } from './playbooks/active-traits.js';
import { ErasedPeople } from './privacy/erased-people.js';
import { Arrivals } from './start/arrivals.js';

/** Attaches raw accepted events to visitors and leads, and publishes what leads did on `lead.events`. */
@Controller()
export class AttachVisitorEvents {
  private readonly months = new Set<string>();

  constructor(
    @Inject(AccountNews) private readonly accountNews: AccountNews,
    @Inject(Arrivals) private readonly arrivals: Arrivals,
    @Inject(ActiveTraits) private readonly traits: ActiveTraits,
    @Inject(ErasedPeople) private readonly erased: ErasedPeople,
  ) {}

  @Consumes(topics.visitorEvents, { maxBatch: 1000 })
  async attach({ records }: Batch, sql: Sql): Promise<Effects> {
    const events = records
      .filter(({ envelope }) => envelope.type === visitorEventAccepted.type)
      .map(({ envelope }) => incomingEvent(envelope.data as VisitorEventAccepted));
    const months = this.newMonths(events);
    await ensureMonths(sql, months);
    const draft = await foldBatch(sql, events, await this.traits.read(sql), this.erased.hashOf);
    const arrived = await this.arrivals.keep(sql, draft);
    return {
      publish: leadPublications(draft.facts),
      committed: () => {
        for (const month of months) this.months.add(month);
        arrived();
        this.erased.countDropped(draft.skipped);
        if (draft.accountNews.size > 0) this.accountNews.wake();
      },
    };
  }

  private newMonths(events: readonly IncomingEvent[]): string[] {
    const months = new Set(events.map(({ receivedAt }) => monthOf(receivedAt)));
    return [...months].filter((month) => !this.months.has(month)).sort();
  }
}
