import { topics } from '@baton/contracts/topics';
import { forgetKeys } from '@baton/messaging/erasure-store';
import type { Effects } from '@baton/messaging/handler';
import type { Batch } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import type { Settings } from '@baton/service-kit/settings';
import { SETTINGS } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { savePlaybooks, saveRosters } from './definition-store.js';
import { LiveNews } from './live-news.js';
import { recordAssignments } from './record-assignments.js';
import { recordClocks } from './record-clocks.js';
import { recordLeadEvents } from './record-lead-events.js';
import { recordScores } from './record-scores.js';
import { recordStages } from './record-stages.js';
import type { Recorded } from './recorded.js';
import { endSnapshots, snapshotLeads } from './snapshot-store.js';
import { KnownVisitors } from './known-visitors.js';
import { type HashVisitor, countVisitors, firstSightings, hashVisitorsWith } from './visitor-store.js';

const rememberedVisitors = 20_000;

/** Every topic into its own tables. What open pages hear of is told after the commit. */
@Controller()
export class TopicsController {
  private readonly hashVisitor: HashVisitor;
  private readonly knownVisitors = new KnownVisitors(rememberedVisitors);

  constructor(
    @Inject(LiveNews) private readonly news: LiveNews,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.hashVisitor = hashVisitorsWith(settings.secret);
  }

  @Consumes(topics.visitorEvents, { maxBatch: 2000 })
  async visitors(batch: Batch, sql: Sql): Promise<Effects> {
    const news = this.knownVisitors.newsIn(firstSightings(batch));
    await countVisitors(sql, news, this.hashVisitor);
    return { publish: [], committed: () => this.knownVisitors.keep(news) };
  }

  @Consumes(topics.leadEvents, { maxBatch: 2000 })
  leadEvents(batch: Batch, sql: Sql): Promise<Effects> {
    return this.effects(recordLeadEvents(batch, sql), batch, sql);
  }

  @Consumes(topics.leadScores, { maxBatch: 2000 })
  leadScores(batch: Batch, sql: Sql): Promise<Effects> {
    return this.effects(recordScores(batch, sql), batch, sql);
  }

  @Consumes(topics.leadStages)
  leadStages(batch: Batch, sql: Sql): Promise<Effects> {
    return this.effects(recordStages(batch, sql), batch, sql);
  }

  @Consumes(topics.leadAssignments)
  leadAssignments(batch: Batch, sql: Sql): Promise<Effects> {
    return this.effects(recordAssignments(batch, sql), batch, sql);
  }

  @Consumes(topics.slaClocks)
  slaClocks(batch: Batch, sql: Sql): Promise<Effects> {
    return this.effects(recordClocks(batch, sql), batch, sql);
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

  private async effects(work: Promise<Recorded>, batch: Batch, sql: Sql): Promise<Effects> {
    const { changed, gone, live } = await work;
    await forgetKeys(
      sql,
      gone.flatMap(({ lead, survivor }) => (survivor === null ? [lead] : [])),
    );
    const publish = [...(await snapshotLeads(sql, changed)), ...(await endSnapshots(sql, gone))];
    return { publish, committed: () => this.news.publish(batch, live) };
  }
}
