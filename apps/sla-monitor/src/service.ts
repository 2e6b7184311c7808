import { topics } from '@baton/contracts/topics';
import { defineService } from '@baton/service-kit/define-service';
import { ClocksController } from './clocks.controller.js';
import { DueClocks } from './due-clocks.js';
import { KeepRosters } from './keep-rosters.js';
import { createSlaMonitor } from './migrations/0001-sla-monitor.js';
import { erasedLeads } from './migrations/0002-erased-leads.js';
import { PublishedSlas } from './published-slas.js';
import { TeamCalendars } from './team-calendars.js';
import { WatchLeads } from './watch-leads.js';

/** Keeps one clock per lead and cycle: started, warned, met by a touch only, breached in time. Reads `playbooks` as a table. */
export const slaMonitor = defineService({
  name: 'sla-monitor',
  consumes: [topics.leadStages, topics.leadAssignments, topics.leadEvents, topics.roster],
  publishes: [topics.slaClocks],
  migrations: [createSlaMonitor, erasedLeads],
  controllers: [WatchLeads, KeepRosters, ClocksController],
  providers: [PublishedSlas, TeamCalendars, DueClocks],
});
