import { topics } from '@baton/contracts/topics';
import { defineService } from '@baton/service-kit/define-service';
import { FollowStages } from './follow-stages.js';
import { LearnPlaybooks } from './learn-playbooks.js';
import { createScoring } from './migrations/0001-scoring.js';
import { leadBases } from './migrations/0002-lead-bases.js';
import { occurrencesBySignal } from './migrations/0003-occurrences-by-signal.js';
import { Playbooks } from './playbooks.js';
import { ScoreLeads } from './score-leads.js';
import { ScoredLeads, decidedByFacts } from './scored-leads.js';

/** Scores every lead by fit and engagement, exactly and with reasons. */
export const scoring = defineService({
  name: 'scoring',
  consumes: [topics.leadEvents, topics.leadStages, topics.playbooks],
  publishes: [topics.leadScores],
  migrations: [createScoring, leadBases, occurrencesBySignal],
  rebuilt: { kept: [], passing: {}, decided: decidedByFacts },
  controllers: [ScoreLeads, FollowStages, LearnPlaybooks],
  providers: [Playbooks, ScoredLeads],
});
