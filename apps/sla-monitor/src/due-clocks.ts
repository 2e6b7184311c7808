import { topics } from '@baton/contracts/topics';
import { dueAt, fireClock } from '@baton/domain/sla/clock';
import type { Effects, UnitOfWork } from '@baton/messaging/handler';
import type { Publication } from '@baton/messaging/record';
import type { Transport } from '@baton/messaging/transport';
import type { Logger } from '@baton/observability/logger';
import type { Database, Sql } from '@baton/persistence/sql';
import { type Due, type Timers, createTimers } from '@baton/persistence/timers';
import { type Clock, CLOCK, DATABASE, LOGGER, TRANSPORT, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { clockFacts } from './clock-facts.js';
import { type WatchedLead, claimDue, nextDueAt, saveLeads } from './clock-store.js';

/** How long reading may stand still before a promise is judged without it. */
const patienceMs = 60_000;
/** How soon it notices that the service stops. */
const sliceMs = 1_000;
const feeding = [topics.leadStages, topics.leadAssignments, topics.leadEvents];

/**
 * Warns, pauses, breaches and escalates when it is time, behind every fact that was in the feeding topics at that moment:
 * a restart with a backlog breaches nobody whose touch is waiting in it.
 */
@Injectable()
export class DueClocks implements OnApplicationBootstrap, BeforeApplicationShutdown {
  @Inject(LOGGER) private readonly log!: Logger;
  private timers: Timers | undefined;
  private stopping = false;

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
      ready: () => this.readToTheEnd(),
      fire: (leads, sql, due) => this.fire(leads, sql, due),
    });
    this.timers.start();
  }

  /** Before the topics close: what is being judged still needs them. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.timers?.stop();
  }

  /** Tells of due times that may be earlier than the one slept for. */
  expect(leads: readonly WatchedLead[]): void {
    const due = leads.map(({ clocks }) => dueAt(clocks)).filter((at) => at !== null);
    if (due.length > 0) this.timers?.wake(Math.min(...due));
  }

  /** True once everything written until now has been read; false when reading stands still for a minute. */
  private async readToTheEnd(): Promise<boolean> {
    const end = await this.transport.endPositions(feeding);
    let reached = await this.reached();
    for (let quietMs = 0; quietMs < patienceMs; quietMs += sliceMs) {
      if (await this.transport.waitFor('sla-monitor', end, sliceMs)) return true;
      if (this.stopping)
        throw new Error('The service stops before everything has been read; the next start judges what is due.');
      const now = await this.reached();
      if (now !== reached) quietMs = 0;
      reached = now;
    }
    return false;
  }

  private async reached(): Promise<string> {
    return JSON.stringify(await this.transport.consumedPositions('sla-monitor'));
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
