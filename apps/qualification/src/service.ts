import { topics } from '@baton/contracts/topics';
import { defineService } from '@baton/service-kit/define-service';
import { BootstrapPlaybook } from './bootstrap-playbook.js';
import { ComputedTimes } from './computed-times.js';
import { LeadStates } from './lead-states.js';
import { createQualification } from './migrations/0001-qualification.js';
import { leadBases } from './migrations/0002-lead-bases.js';
import { occurrencesBySignal } from './migrations/0003-occurrences-by-signal.js';
import { MovesController } from './moves.controller.js';
import { Playbooks } from './playbooks.js';
import { PlaybooksController } from './playbooks.controller.js';
import { QualifyLeads } from './qualify-leads.js';

/** Moves leads through their stages by the written definition, with the evidence for every change. */
export const qualification = defineService({
  name: 'qualification',
  consumes: [topics.leadEvents],
  publishes: [topics.leadStages, topics.playbooks],
  migrations: [createQualification, leadBases, occurrencesBySignal],
  controllers: [QualifyLeads, MovesController, PlaybooksController],
  providers: [Playbooks, LeadStates, ComputedTimes, BootstrapPlaybook],
});
