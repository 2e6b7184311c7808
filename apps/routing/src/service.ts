import { topics } from '@baton/contracts/topics';
import { defineService } from '@baton/service-kit/define-service';
import { AssignController } from './assign.controller.js';
import { AssignmentDesk } from './assignment-desk.js';
import { createRouting } from './migrations/0001-routing.js';
import { PublishedPlaybooks } from './published-playbooks.js';
import { ReassignLeads } from './reassign-leads.js';
import { RosterController } from './roster.controller.js';
import { Rosters } from './rosters.js';
import { RouteLeads } from './route-leads.js';

/** Gives every lead past `lead` exactly one owner, and says who was considered. Reads the topic `playbooks` as a table. */
export const routing = defineService({
  name: 'routing',
  consumes: [topics.leadStages, topics.slaClocks],
  publishes: [topics.leadAssignments, topics.roster],
  migrations: [createRouting],
  controllers: [RouteLeads, ReassignLeads, RosterController, AssignController],
  providers: [PublishedPlaybooks, Rosters, AssignmentDesk],
});
