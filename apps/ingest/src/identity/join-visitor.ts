import type { HistoricEvent } from './event-facts.js';
import type { IdentityDraft } from './identity-draft.js';

/** Makes the visitor this lead. Answers the history that comes with it, null where nothing changes. */
export function joinVisitor(draft: IdentityDraft, visitor: string | undefined, lead: string): HistoricEvent[] | null {
  if (visitor === undefined) return null;
  const known = draft.leadOfVisitor(visitor);
  if (known?.id === lead) return null;
  const history = known ? [] : draft.release(visitor, lead);
  draft.giveVisitor(visitor, lead);
  return history;
}
