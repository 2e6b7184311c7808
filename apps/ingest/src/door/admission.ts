import { topics } from '@baton/contracts/topics';
import { visitorEventAccepted } from '@baton/contracts/visitor-events';
import type { Publication } from '@baton/messaging/record';
import type { Metrics } from '@baton/observability/metrics';
import { currentSpan } from '@baton/observability/spans';
import { type Clock, CLOCK, METRICS } from '@baton/service-kit/tokens';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Decoded, DecodedEvent } from '../decode/decoded-event.js';
import { namesOf } from '../identity/names.js';
import { acceptedData } from '../identity/incoming-event.js';
import type { Caller } from './callers.js';
import { EventWriter } from './event-writer.js';
import { GroupCommit } from './group-commit.js';
import { RateLimit } from './rate-limit.js';
import { RecentIds } from './recent-ids.js';

const mostWaiting = 20_000;
const mostWaitingBytes = 64 * 1024 * 1024;
const gatherMs = 2;

export interface Admitted {
  readonly caller: Caller;
  readonly receivedAt: number;
  /** Size of what was sent, for the bound of the queue. */
  readonly bytes: number;
}

type Outcome = 'accepted' | 'repeated' | 'rejected' | 'limited';

/**
 * Takes decoded events in: resolves once they are durable in `visitor.events`, rejects with an `OverloadError` when too much
 * waits and with a `RateLimitError` when a write key sends more than it may.
 */
@Injectable()
export class Admission implements OnApplicationShutdown {
  private readonly commits: GroupCommit;
  private readonly recent: RecentIds;
  private readonly count: (outcome: Outcome, events: number) => void;

  constructor(
    @Inject(EventWriter) writer: EventWriter,
    @Inject(RateLimit) private readonly limit: RateLimit,
    @Inject(CLOCK) clock: Clock,
    @Inject(METRICS) metrics: Metrics,
  ) {
    const write = async (events: readonly Publication[]) => {
      const written = await writer.write(events);
      this.count('accepted', written);
      this.count('repeated', events.length - written);
    };
    this.commits = new GroupCommit({ write, clock, mostWaiting, mostWaitingBytes, gatherMs });
    this.recent = new RecentIds(clock);
    const counter = metrics.counter({
      name: 'baton_ingest_events_total',
      help: 'Events at the door, by what became of them',
      labels: ['outcome'],
    });
    this.count = (outcome, events) => events > 0 && counter.inc({ outcome }, events);
  }

  async admit({ events, rejected }: Decoded, { caller, receivedAt, bytes }: Admitted): Promise<void> {
    await this.charge(caller, events.length + rejected.length);
    this.count('rejected', rejected.length);
    const fresh = events.filter(({ messageId }) => !this.recent.has(`${caller.source}:${messageId}`));
    this.count('repeated', events.length - fresh.length);
    if (fresh.length === 0) return;
    const received = new Date(receivedAt).toISOString();
    await this.commits.add(
      fresh.map((event) => publication(event, caller, received)),
      bytes,
    );
    this.recent.add(fresh.map(({ messageId }) => `${caller.source}:${messageId}`));
  }

  private async charge(caller: Caller, events: number): Promise<void> {
    await this.limit.charge(caller, events).catch((error: unknown) => {
      this.count('limited', events);
      throw error;
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.commits.drained();
  }
}

/** The events of one visitor keep their order, so a visitor is a key. */
function publication(event: DecodedEvent, { source, trusted }: Caller, receivedAt: string): Publication {
  const visitor = event.anonymousId ?? event.userId ?? namesOf(event).email ?? event.messageId;
  const data = acceptedData(source, event, { trusted, receivedAt });
  return {
    topic: topics.visitorEvents,
    key: `${source}:${visitor}`,
    type: visitorEventAccepted.type,
    id: data.eventId,
    time: data.at,
    traceparent: currentSpan()?.traceparent,
    data,
  };
}
