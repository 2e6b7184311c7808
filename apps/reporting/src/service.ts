import { randomUUID } from 'node:crypto';
import { topics } from '@baton/contracts/topics';
import { defineService } from '@baton/service-kit/define-service';
import { LeadsController } from './leads.controller.js';
import { LiveController } from './live.controller.js';
import { LiveFeed } from './live-feed.js';
import { LiveNews } from './live-news.js';
import { readModels } from './migrations/0001-read-models.js';
import { namelessVisitors } from './migrations/0002-nameless-visitors.js';
import { ReportsController } from './reports.controller.js';
import { TopicsController } from './topics.controller.js';

/** Folds every topic into what people read: leads, timelines, the work queue, reports, live updates. */
export const reporting = defineService({
  name: 'reporting',
  consumes: [
    topics.visitorEvents,
    topics.leadEvents,
    topics.leadScores,
    topics.leadStages,
    topics.leadAssignments,
    topics.slaClocks,
    topics.playbooks,
    topics.roster,
  ],
  publishes: [topics.leadSnapshots],
  migrations: [readModels, namelessVisitors],
  rebuilt: { kept: ['snapshots'], passing: { visitors: [topics.visitorEvents] } },
  controllers: [TopicsController, LeadsController, ReportsController, LiveController],
  providers: [{ provide: LiveFeed, useFactory: () => new LiveFeed({ id: randomUUID().slice(0, 8) }) }, LiveNews],
});
