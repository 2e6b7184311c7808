import { topics } from '@baton/contracts/topics';
import { advanceLead } from '@baton/domain/lifecycle/advance-lead';
import { dueAt } from '@baton/domain/lifecycle/lead-state';
import type { Effects, UnitOfWork } from '@baton/messaging/handler';
import type { Transport } from '@baton/messaging/transport';
import type { Log } from '@baton/persistence/log';
import type { Database, Sql } from '@baton/persistence/sql';
import { createTimers, type Timers } from '@baton/persistence/timers';
import { caughtUp } from '@baton/service-kit/caught-up';
import { type Clock, CLOCK, DATABASE, LOGGER, TRANSPORT, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { Inject, Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { folded, LeadStates, type OpenLeadState } from './lead-states.js';
import { Playbooks } from './playbooks.js';
import { stageFacts } from './stage-facts.js';

const leadsAtOnce = 500;

/**
 * Folds computed times (decay crossings, closing windows, wake-ups) when they fall due, behind every fact that was in
 * `lead.events` at that moment: a restart with a backlog decides nothing that a waiting fact would have prevented.
 */
@Injectable()
export class ComputedTimes implements OnApplicationBootstrap, BeforeApplicationShutdown {
  @Inject(DATABASE) private readonly database!: Database;
  @Inject(UNIT_OF_WORK) private readonly unit!: UnitOfWork;
  @Inject(TRANSPORT) private readonly transport!: Transport;
  @Inject(CLOCK) private readonly clock!: Clock;
  @Inject(LOGGER) private readonly log!: Log;
  @Inject(Playbooks) private readonly playbooks!: Playbooks;
  @Inject(LeadStates) private readonly states!: LeadStates;
  private timers: Timers | undefined;

  onApplicationBootstrap(): void {
    this.timers ??= createTimers<OpenLeadState>({
      unit: this.unit,
      clock: this.clock,
      log: this.log,
      nextDue: () => this.states.nextDueAt(this.database),
      claim: (sql, now, limit) => this.states.claimDue(sql, now, limit),
      ready: (signal) => caughtUp(this.transport, { service: 'qualification', topics: [topics.leadEvents], signal }),
      fire: (due, sql, { now }) => this.fold(due, sql, now),
      limit: leadsAtOnce,
    });
    this.timers.start();
  }

  /** Before the topics stop: a wait for unread facts would else outlast them. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.timers?.stop();
  }

  /** Tells of computed times that may be earlier than the one slept for. */
  expect(leads: readonly OpenLeadState[]): void {
    const due = leads.map(({ state }) => dueAt(state)).filter((at) => at !== null);
    if (due.length > 0) this.timers?.wake(Math.min(...due));
  }

  private async fold(due: readonly OpenLeadState[], sql: Sql, now: number): Promise<Effects> {
    const publish: Effects['publish'][number][] = [];
    const leads: OpenLeadState[] = [];
    const governing = await this.playbooks.governingEach(sql, [...new Set(due.map(({ partition }) => partition))]);
    for (const lead of due) {
      const { playbook, ref } = governing.get(lead.partition)!;
      const fold = advanceLead(playbook, lead.state, now);
      const facts = stageFacts(lead.id, fold, { playbook: ref, sequence: lead.sequence });
      publish.push(...facts);
      leads.push(folded(lead, fold, facts.length));
    }
    await this.states.write(sql, leads);
    return {
      publish,
      committed: () => {
        this.states.keep(leads);
        this.expect(leads);
      },
    };
  }
}
