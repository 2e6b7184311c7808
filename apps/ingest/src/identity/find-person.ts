import type { IdentityDraft } from './identity-draft.js';
import { type LeadRow, emailKey, userKey } from './identity-rows.js';
import type { IncomingEvent } from './incoming-event.js';
import { mergeLeads } from './merge-leads.js';
import type { Names } from './names.js';
import { isOther, userIdOf } from './user-ids.js';

export interface Person {
  readonly lead: LeadRow;
  /** The lead is new, or goes by a name it did not have. */
  readonly told: boolean;
}

/**
 * Whose event it is. An event that names nobody belongs to the lead its visitor last was, else to nobody yet. Names decide
 * before the browser: a browser that names a second person never merges, its later events belong to the second. A user id and
 * an e-mail of two leads merge them when only the first has a user id. A name that nobody has yet goes to the lead that the
 * other name or the browser already is, unless that lead has a different one of its kind; else to a new lead. A user id that is
 * the e-mail itself counts as none. Machines create and join nobody.
 */
export function findPerson(draft: IdentityDraft, event: IncomingEvent, names: Names): Person | null {
  const { anonymousId, automated } = event.content;
  const known = draft.leadOfVisitor(anonymousId);
  const byUser = draft.leadOfIdentifier(names.userId && userKey(names.userId));
  const byEmail = draft.leadOfIdentifier(names.email && emailKey(names.email));
  if (automated || (names.userId === undefined && names.email === undefined)) {
    const lead = byUser ?? byEmail ?? known;
    return lead && { lead, told: false };
  }
  if (byUser && byEmail && byUser.id !== byEmail.id && !isSecondUser(byEmail, names)) {
    return { lead: mergeLeads(draft, [byUser, byEmail], event), told: true };
  }
  const owner = ownerOf(names, { byUser, byEmail, known });
  return takeNames(draft, owner ?? draft.createLead(event), { names, event });
}

interface Candidates {
  readonly byUser: LeadRow | null;
  readonly byEmail: LeadRow | null;
  readonly known: LeadRow | null;
}

function ownerOf(names: Names, { byUser, byEmail, known }: Candidates): LeadRow | null {
  if (byUser) return byUser;
  if (byEmail) return isSecondUser(byEmail, names) ? null : byEmail;
  const second = known && (isSecondUser(known, names) || (names.email !== undefined && known.email !== null));
  return second ? null : known;
}

/** Whether a user id is named that tells of somebody else than the lead. */
function isSecondUser(lead: LeadRow, { userId, email = lead.email ?? undefined }: Names): boolean {
  return userId !== undefined && lead.userId !== null && isOther(lead.userId, userId, email);
}

interface Naming {
  readonly names: Names;
  readonly event: IncomingEvent;
}

/** Gives the lead the names that are free; an e-mail that is somebody else's stays theirs. */
function takeNames(draft: IdentityDraft, owner: LeadRow, { names, event }: Naming): Person {
  let lead = owner;
  let told = lead.sequence === 0;
  if (names.userId !== undefined && draft.identifiers.get(userKey(names.userId)) == null) {
    draft.giveIdentifier(userKey(names.userId), lead.id);
    lead = draft.keepLead({ ...lead, userId: userIdOf(lead.userId, names.userId) });
    told = true;
  }
  if (names.email === undefined) return { lead, told };
  if (draft.identifiers.get(emailKey(names.email)) == null) {
    draft.giveIdentifier(emailKey(names.email), lead.id);
    told = true;
  }
  const own = draft.leadOfIdentifier(emailKey(names.email))?.id === lead.id;
  const newer = lead.emailAt === null || event.at >= lead.emailAt;
  if (own && newer && (lead.email !== names.email || lead.emailAt !== event.at)) {
    lead = draft.keepLead({ ...lead, email: names.email, emailAt: event.at });
  }
  return { lead, told };
}
