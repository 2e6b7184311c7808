import { topics } from '@baton/contracts/topics';
import type { Effects } from '@baton/messaging/handler';
import type { Batch } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { CLOCK, type Clock } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { DeliverWebhooks } from './deliver-webhooks.js';
import { queueDeliveries } from './queue-deliveries.js';

/** The public topics into the lanes of the connectors. */
@Controller()
export class TopicsController {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(DeliverWebhooks) private readonly deliver: DeliverWebhooks,
  ) {}

  @Consumes(topics.leadStages)
  leadStages(batch: Batch, sql: Sql): Promise<Effects> {
    return this.queue(batch, sql);
  }

  @Consumes(topics.leadAssignments)
  leadAssignments(batch: Batch, sql: Sql): Promise<Effects> {
    return this.queue(batch, sql);
  }

  @Consumes(topics.slaClocks)
  slaClocks(batch: Batch, sql: Sql): Promise<Effects> {
    return this.queue(batch, sql);
  }

  private async queue(batch: Batch, sql: Sql): Promise<Effects> {
    await queueDeliveries(batch, sql, this.clock());
    return { publish: [], committed: () => this.deliver.wake() };
  }
}
