import { mergeAnswers } from '../evidence/record-answers.js';
import { refreshProfile } from '../evidence/record-profile.js';
import type { Playbook } from '../playbook/definition.js';
import type { LeadState } from './lead-state.js';

/**
 * What the survivor takes over from an absorbed lead that never got beyond `lead`: the newest answer to each question. Its
 * events arrive as facts under the survivor. Null when the absorbed lead has a stage of its own to hand over.
 */
export function mergeLeads(playbook: Playbook, survivor: LeadState, absorbed: LeadState): LeadState | null {
  if (absorbed.stage !== 'visitor' && absorbed.stage !== 'lead') {
    return null;
  }
  const evidence = mergeAnswers(survivor.evidence, absorbed.evidence.answerFacts);
  return evidence === survivor.evidence ? survivor : { ...survivor, evidence: refreshProfile(playbook, evidence) };
}
