import type { Fold } from '@baton/domain/lifecycle/fold';
import { dueAt, type LeadState, newLead } from '@baton/domain/lifecycle/lead-state';
import { FoldedLeads, type OpenLead } from '@baton/persistence/folded-leads';
import { Injectable } from '@nestjs/common';

export type OpenLeadState = OpenLead<LeadState>;

const cachedLeads = 5_000;

/** The leads of this service: their folded states, locked, cached and written together. */
@Injectable()
export class LeadStates extends FoldedLeads<LeadState> {
  constructor() {
    super({ create: newLead, cached: cachedLeads });
  }
}

/** The lead after a fold that published so many facts. */
export function folded(lead: OpenLeadState, fold: Fold, published: number): OpenLeadState {
  const { newOccurrences, revoked } = fold;
  const erased = fold.state.gone === 'erased';
  return {
    ...lead,
    ...(erased && { erased }),
    state: fold.state,
    dueAt: dueAt(fold.state),
    sequence: lead.sequence + published,
    newOccurrences: newOccurrences.length > 0 ? [...lead.newOccurrences, ...newOccurrences] : lead.newOccurrences,
    revoked: revoked.length > 0 ? [...lead.revoked, ...revoked] : lead.revoked,
  };
}
