import { setTimeout as pause } from 'node:timers/promises';
import type { Effects, UnitOfWork } from '@baton/messaging/handler';
import type { Database } from '@baton/persistence/sql';
import { createTimers, type Timers } from '@baton/persistence/timers';
import { CLOCK, type Clock, DATABASE, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AttemptDelivery } from './attempt-delivery.js';
import { type TakenDelivery, nextLaneDue, takeDueLanes } from './delivery-store.js';

const mostInFlight = 50;
/** Longer than an attempt can take: a lane still in hand then belongs to a process that died. */
const leaseMs = 60_000;
/** A stop does not wait for slow receivers: what is in flight then goes out once more, under the same id. */
const stopPatienceMs = 3_000;

/**
 * Sends what is due. A lane is taken in hand in one transaction, its first delivery sent outside any, and the result stored
 * in another: so every message arrives at least once, each attempt under the same id, and per lead one after the other.
 */
@Injectable()
export class DeliverWebhooks implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly timers: Timers;
  private readonly inFlight = new Set<Promise<void>>();

  constructor(
    @Inject(DATABASE) database: Database,
    @Inject(UNIT_OF_WORK) unit: UnitOfWork,
    @Inject(CLOCK) clock: Clock,
    @Inject(AttemptDelivery) private readonly attempts: AttemptDelivery,
  ) {
    this.timers = createTimers<TakenDelivery>({
      unit,
      clock,
      nextDue: async () => (this.free() > 0 ? nextLaneDue(database) : null),
      claim: (sql, now, limit) =>
        takeDueLanes(sql, { now, leaseUntil: now + leaseMs, limit: Math.min(limit, this.free()) }),
      fire: (taken) => Promise.resolve(this.sendAfterCommit(taken)),
    });
  }

  onApplicationBootstrap(): void {
    this.timers.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.timers.stop();
    await Promise.race([Promise.all(this.inFlight), pause(stopPatienceMs, undefined, { ref: false })]);
  }

  /** Looks at once for what has become due. */
  wake(): void {
    this.timers.wake();
  }

  private free(): number {
    return mostInFlight - this.inFlight.size;
  }

  private sendAfterCommit(taken: readonly TakenDelivery[]): Effects {
    return {
      publish: [],
      committed: () => {
        for (const delivery of taken) this.track(this.attempts.attempt(delivery));
      },
    };
  }

  private track(attempt: Promise<void>): void {
    const done = attempt.finally(() => {
      this.inFlight.delete(done);
      this.wake();
    });
    this.inFlight.add(done);
  }
}
