import { withoutHandoff } from '@baton/domain/evidence/evidence';
import type { EvidenceFold } from '@baton/domain/evidence/fold-evidence';
import type { LeadFact } from '@baton/domain/lifecycle/lead-fact';
import type { OpenScoredLead } from './scored-leads.js';

/** The lead after one folded fact; one that is gone takes nothing more. */
export function takeEvidence(lead: OpenScoredLead, fold: EvidenceFold, fact: LeadFact): OpenScoredLead {
  if (lead.state.gone) return lead;
  return {
    ...lead,
    state: {
      ...lead.state,
      evidence: withoutHandoff(fold.evidence),
      historic: lead.state.historic && fact.historic,
      gone: fact.kind === 'absorbed' ? 'absorbed' : null,
    },
    newOccurrences: [...lead.newOccurrences, ...fold.newOccurrences],
    revoked: [...lead.revoked, ...fold.revoked],
  };
}
