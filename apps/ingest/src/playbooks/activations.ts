import { playbookPublished } from '@baton/contracts/definitions';
import type { DataOf } from '@baton/contracts/envelope';
import { playbookActivated } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import { compilePlaybook } from '@baton/domain/playbook/compile-playbook';
import type { Effects, UnitOfWork } from '@baton/messaging/handler';
import type { Batch, Publication } from '@baton/messaging/record';
import type { Logger } from '@baton/observability/logger';
import type { Database, Sql } from '@baton/persistence/sql';
import { type Timers, createTimers } from '@baton/persistence/timers';
import { Consumes } from '@baton/service-kit/consumes';
import { type Clock, CLOCK, DATABASE, LOGGER, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { Controller, Inject, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Activation, keepActivation, nextActivationAt, takeDueActivations } from './activation-store.js';
import { ActiveTraits } from './active-traits.js';

/**
 * Activation is a fact in the stream it governs: when a published version asks for it, `playbook.activated` goes to every partition of
 * `lead.events`, in one transaction, once, when its time has come.
 */
@Controller()
export class Activations implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly timers: Timers;
  @Inject(ActiveTraits) private readonly traits!: ActiveTraits;

  constructor(
    @Inject(UNIT_OF_WORK) unit: UnitOfWork,
    @Inject(DATABASE) database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) log: Logger,
  ) {
    this.timers = createTimers<Activation>({
      unit,
      clock,
      log,
      nextDue: () => nextActivationAt(database),
      claim: (sql, now) => takeDueActivations(sql, now),
      fire: (due) => Promise.resolve({ publish: due.map(activationFact), committed: () => this.traits.forget() }),
    });
  }

  onApplicationBootstrap(): void {
    this.timers.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.timers.stop();
  }

  @Consumes(topics.playbooks)
  async take({ records }: Batch, sql: Sql): Promise<Effects> {
    for (const { envelope } of records) {
      if (envelope.type === playbookPublished.type)
        await this.keep(sql, envelope.data as DataOf<typeof playbookPublished>);
    }
    const due = await takeDueActivations(sql, this.clock());
    const committed = () => {
      this.traits.forget();
      this.timers.wake();
    };
    return { publish: due.map(activationFact), committed };
  }

  private async keep(
    sql: Sql,
    { name, version, hash, source, activation }: DataOf<typeof playbookPublished>,
  ): Promise<void> {
    if (!activation) return;
    const { playbook } = compilePlaybook(source);
    await keepActivation(
      sql,
      { name, version, hash, effectiveAt: Date.parse(activation.effectiveAt) },
      playbook?.definition.traits ?? {},
    );
  }
}

function activationFact({ name, version, hash, effectiveAt }: Activation): Publication {
  const at = new Date(effectiveAt).toISOString();
  return {
    topic: topics.leadEvents,
    key: `playbook:${name}`,
    type: playbookActivated.type,
    id: `playbook:${name}@${version}:${at}`,
    time: at,
    data: { name, version, hash, at },
    everyPartition: true,
  };
}
