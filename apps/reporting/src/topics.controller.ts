import { topics } from '@baton/contracts/topics';
import type { Effects } from '@baton/messaging/handler';
import type { Batch } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { Controller, Inject } from '@nestjs/common';
import { savePlaybooks, saveRosters } from './definition-store.js';
import { LiveFeed } from './live-feed.js';
import { recordAssignments } from './record-assignments.js';
import { recordClocks } from './record-clocks.js';
import { recordLeadEvents } from './record-lead-events.js';
import { recordScores } from './record-scores.js';
import { recordStages } from './record-stages.js';
import type { Recorded } from './recorded.js';
import { snapshotLeads } from './snapshot-store.js';
import { countVisitors } from './visitor-store.js';

/** Every topic into its own tables. What open pages hear of is told after the commit. */
@Controller()
export class TopicsController {
  constructor(@Inject(LiveFeed) private readonly feed: LiveFeed) {}

  @Consumes(topics.visitorEvents, { maxBatch: 2000 })
  async visitors(batch: Batch, sql: Sql): Promise<Effects> {
    await countVisitors(batch, sql);
    return { publish: [] };
  }

  @Consumes(topics.leadEvents, { maxBatch: 2000 })
  leadEvents(batch: Batch, sql: Sql): Promise<Effects> {
    return this.effects(recordLeadEvents(batch, sql), sql);
  }

  @Consumes(topics.leadScores, { maxBatch: 2000 })
  leadScores(batch: Batch, sql: Sql): Promise<Effects> {
    return this.effects(recordScores(batch, sql), sql);
  }

  @Consumes(topics.leadStages)
  leadStages(batch: Batch, sql: Sql): Promise<Effects> {
    return this.effects(recordStages(batch, sql), sql);
  }

  @Consumes(topics.leadAssignments)
  leadAssignments(batch: Batch, sql: Sql): Promise<Effects> {
    return this.effects(recordAssignments(batch, sql), sql);
  }

  @Consumes(topics.slaClocks)
  slaClocks(batch: Batch, sql: Sql): Promise<Effects> {
    return this.effects(recordClocks(batch, sql), sql);
  }

  @Consumes(topics.playbooks)
  async playbooks(batch: Batch, sql: Sql): Promise<Effects> {
    await savePlaybooks(batch, sql);
    return { publish: [] };
  }

  @Consumes(topics.roster)
  async roster(batch: Batch, sql: Sql): Promise<Effects> {
    await saveRosters(batch, sql);
    return { publish: [] };
  }

  private async effects(work: Promise<Recorded>, sql: Sql): Promise<Effects> {
    const { changed, live } = await work;
    return { publish: await snapshotLeads(sql, changed), committed: () => this.feed.publish(live) };
  }
}
