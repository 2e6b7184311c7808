import { normalEmail } from '@baton/domain/evidence/email';
import type { IdentityDraft } from './identity-draft.js';
import { type LeadRow, emailKey, userKey } from './identity-rows.js';
import type { IncomingEvent } from './incoming-event.js';
import { joinVisitor } from './join-visitor.js';
import { mergeLeads } from './merge-leads.js';
import { tellEvent } from './tell-event.js';
import { userIdOf } from './user-ids.js';

/**
 * An alias says that two ids are one person. Only with a secret key: what a browser calls an alias may name the same id
 * twice or somebody else. Equal ids say nothing. `previousId` may be a user id, an e-mail or an anonymous id.
 */
export function attachAlias(draft: IdentityDraft, event: IncomingEvent): void {
  const { userId, previousId } = event.content;
  if (!event.trusted || userId === undefined || previousId === undefined || userId === previousId) {
    draft.history.push({ event, lead: null, visitor: null });
    return;
  }
  const current = byId(draft, userId);
  const former = byId(draft, previousId) ?? draft.leadOfVisitor(previousId);
  const merges = current && former && current.id !== former.id;
  const lead = merges ? mergeLeads(draft, [current, former], event) : (current ?? former ?? draft.createLead(event));
  const history = former ? [] : (joinVisitor(draft, previousId, lead.id) ?? []);
  for (const id of [userId, previousId]) nameLead(draft, id, lead.id);
  draft.history.push({ event, lead: lead.id, visitor: null });
  for (const earlier of history) tellEvent(draft, lead.id, earlier, false);
  tellEvent(draft, lead.id, event, true);
}

function byId(draft: IdentityDraft, id: string): LeadRow | null {
  const email = normalEmail(id);
  return draft.leadOfIdentifier(userKey(id)) ?? draft.leadOfIdentifier(email && emailKey(email));
}

function nameLead(draft: IdentityDraft, id: string, leadId: string): void {
  if (draft.identifiers.get(userKey(id)) != null) return;
  draft.giveIdentifier(userKey(id), leadId);
  const lead = draft.lead(leadId);
  draft.keepLead({ ...lead, userId: userIdOf(lead.userId, id) });
}
