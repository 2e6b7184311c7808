import { FactQueue } from '@baton/domain/evidence/fact-queue';
import type { Fold } from '@baton/domain/lifecycle/fold';
import type { Publication } from '@baton/messaging/record';
import { folded, type OpenLeadState } from './lead-states.js';
import type { PublishedPlaybook } from './playbooks.js';
import { stageFacts } from './stage-facts.js';

/** One lead in the course of a batch: the facts still to be folded, how it stands by now, and what that says to the world. */
export interface LeadWork {
  readonly queue: FactQueue;
  readonly publications: Publication[];
  lead: OpenLeadState;
}

export function beginWork(lead: OpenLeadState): LeadWork {
  return { queue: new FactQueue(), publications: [], lead };
}

/** Takes what a fold gave as the lead's state and as news of it. */
export function take(work: LeadWork, fold: Fold, { ref }: PublishedPlaybook): void {
  const facts = stageFacts(work.lead.id, fold, { playbook: ref, sequence: work.lead.sequence });
  work.publications.push(...facts);
  work.lead = folded(work.lead, fold, facts.length);
}

/** Says one thing more of the lead; it must carry the lead's next number. */
export function tell(work: LeadWork, publication: Publication): void {
  work.publications.push(publication);
  work.lead = { ...work.lead, sequence: work.lead.sequence + 1 };
}
