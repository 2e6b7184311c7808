import { type LeadScored, leadScored, type PlaybookRef } from '@baton/contracts/lead-scores';
import { topics } from '@baton/contracts/topics';
import type { Evidence } from '@baton/domain/evidence/evidence';
import type { Playbook } from '@baton/domain/playbook/definition';
import { scoresAt } from '@baton/domain/scoring/scores';
import { topReasons } from '@baton/domain/scoring/top-reasons';
import type { Publication } from '@baton/messaging/record';
import type { OpenScoredLead, PublishedScore } from './scored-leads.js';

interface Decided {
  readonly playbook: Playbook;
  readonly ref: PlaybookRef;
  /** Last fact of `lead.events` folded for this lead. */
  readonly behind: { readonly partition: number; readonly position: number };
}

/**
 * The lead's score after a batch as one fact, and the lead that has published it; the lead as it was when nothing changed.
 * Decay alone is no news: whoever wants the value of a moment asks for it. `before` is the evidence the batch began with.
 */
export function publishScore(
  lead: OpenScoredLead,
  before: Evidence,
  decided: Decided,
): { lead: OpenScoredLead; facts: Publication[] } {
  const { evidence } = lead.state;
  if (evidence.leadTime === null || !isNews(lead, before)) return { lead, facts: [] };
  const score = currentScore(lead, decided.playbook, evidence.leadTime);
  const sequence = lead.sequence + 1;
  const fact: Publication = {
    topic: topics.leadScores,
    key: lead.id,
    id: `${lead.id}:scores:${sequence}`,
    type: leadScored.type,
    time: score.asOf,
    sequence,
    data: factData(lead, score, decided),
  };
  return { lead: { ...lead, sequence, state: { ...lead.state, published: score } }, facts: [fact] };
}

function isNews({ state: { evidence, published } }: OpenScoredLead, before: Evidence): boolean {
  if (!published || evidence.awards !== before.awards) return true;
  const { fit, grade, persona } = evidence.profile;
  return (
    fit !== published.fit ||
    grade !== published.grade ||
    persona !== published.persona ||
    evidence.cycles.length !== published.cycle
  );
}

function currentScore({ state: { evidence } }: OpenScoredLead, playbook: Playbook, at: number): PublishedScore {
  const { fit, engagement, total, grade } = scoresAt(playbook, evidence, at);
  const { persona } = evidence.profile;
  return { fit, engagement, total, grade, asOf: new Date(at).toISOString(), persona, cycle: evidence.cycles.length };
}

function factData(lead: OpenScoredLead, score: PublishedScore, { playbook, ref, behind }: Decided): LeadScored {
  const { evidence, published, historic } = lead.state;
  const at = Date.parse(score.asOf);
  return {
    scores: scoresOf(score),
    previous: published && scoresOf(published),
    persona: score.persona,
    cycle: score.cycle,
    reasons: topReasons(playbook, evidence, { at }).map(({ at: earned, ...reason }) => ({
      ...reason,
      ...(earned === undefined ? {} : { at: new Date(earned).toISOString() }),
    })),
    playbook: ref,
    behind,
    ...(historic ? { historic: true } : {}),
  };
}

function scoresOf({ fit, engagement, total, grade, asOf }: PublishedScore) {
  return { fit, engagement, total, grade, asOf };
}
