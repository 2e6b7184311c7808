import { topics } from '@baton/contracts/topics';
import { dueAt, fireClock } from '@baton/domain/sla/clock';
import type { Effects, UnitOfWork } from '@baton/messaging/handler';
import type { Publication } from '@baton/messaging/record';
import type { Transport } from '@baton/messaging/transport';
import type { Logger } from '@baton/observability/logger';
import type { Database, Sql } from '@baton/persistence/sql';
import { type Due, type Timers, createTimers } from '@baton/persistence/timers';
import { caughtUp } from '@baton/service-kit/caught-up';
import { type Clock, CLOCK, DATABASE, LOGGER, TRANSPORT, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { clockFacts } from './clock-facts.js';
import { type WatchedLead, claimDue, nextDueAt, saveLeads } from './clock-store.js';

const feeding = [topics.leadStages, topics.leadAssignments, topics.leadEvents];

/**
 * Warns, pauses, breaches and escalates when it is time, behind every fact that was in the feeding topics at that moment:
 * a restart with a backlog breaches nobody whose touch is waiting in it.
 */
@Injectable()
export class DueClocks implements OnApplicationBootstrap, BeforeApplicationShutdown {
  @Inject(LOGGER) private readonly log!: Logger;
  private timers: Timers | undefined;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(UNIT_OF_WORK) private readonly unit: UnitOfWork,
    @Inject(TRANSPORT) private readonly transport: Transport,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Nest calls this for the application and again for its topics. */
  onApplicationBootstrap(): void {
    this.timers ??= createTimers<WatchedLead>({
      unit: this.unit,
      clock: this.clock,
      log: this.log,
      nextDue: () => nextDueAt(this.database),
      claim: claimDue,
      ready: (signal) => caughtUp(this.transport, { service: 'sla-monitor', topics: feeding, signal }),
      fire: (leads, sql, due) => this.fire(leads, sql, due),
    });
    this.timers.start();
  }

  /** Before the topics close: what is being judged still needs them. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.timers?.stop();
  }

  /** Tells of due times that may be earlier than the one slept for. */
  expect(leads: readonly WatchedLead[]): void {
    const due = leads.map(({ clocks }) => dueAt(clocks)).filter((at) => at !== null);
    if (due.length > 0) this.timers?.wake(Math.min(...due));
  }

  private async fire(leads: readonly WatchedLead[], sql: Sql, { now, complete }: Due): Promise<Effects> {
    const decidedAt = this.clock();
    const publish: Publication[] = [];
    const fired = leads.map(({ id, sequence, clocks }) => {
      const fold = fireClock(clocks, now, complete ? 'complete' : 'incomplete');
      publish.push(...clockFacts(fold.facts, { lead: id, sequence, decidedAt }));
      return { id, sequence: sequence + fold.facts.length, clocks: fold.clocks };
    });
    await saveLeads(sql, fired);
    return { publish, committed: () => this.expect(fired) };
  }
}
