import { topics } from '@baton/contracts/topics';
import type { Publication } from '@baton/messaging/record';
import type { LeadFact } from './identity-draft.js';

/** The facts of leads as the log takes them: one event gives one lead each kind of fact once. */
export function leadPublications(facts: readonly LeadFact[]): Publication[] {
  return facts.map(({ lead, type, eventId, at, data, sequence, again }) => ({
    topic: topics.leadEvents,
    key: lead,
    type,
    id: again ? `${eventId}#${kindOf(type)}@${lead}` : `${eventId}#${kindOf(type)}`,
    time: new Date(at).toISOString(),
    data,
    sequence,
  }));
}

/** `baton.lead.profile-updated.v1` → `profile-updated`. */
function kindOf(type: string): string {
  return type.split('.')[2] ?? type;
}
