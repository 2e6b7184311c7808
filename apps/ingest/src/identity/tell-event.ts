import { leadIdentified, leadProfileUpdated } from '@baton/contracts/lead-events';
import { type ToldAccount, accountOf, followEmail, joinGroup, tellCompany } from './account-facts.js';
import { type Fact, type HistoricEvent, eventFacts, originOf } from './event-facts.js';
import type { IdentityDraft } from './identity-draft.js';
import type { LeadRow } from './identity-rows.js';
import type { Profile } from '../profile/read-profile.js';
import { toldProfile } from './told-profile.js';

/** Publishes what one event says of a lead: who they are, what changed of their profile, what happened. */
export function tellEvent(draft: IdentityDraft, leadId: string, event: HistoricEvent, identifies: boolean): void {
  const profile = toldProfile(event, draft.declared, draft.lead(leadId));
  keepUndeclared(draft, leadId, profile);
  const followed = followEmail(draft, draft.lead(leadId));
  const accountNews = tellAccount(draft, followed, { event, told: { traits: {}, ...profile?.account, at: event.at } });
  const lead = draft.lead(leadId);
  const facts: Fact[] = [];
  const add = (type: string, data: object) =>
    facts.push({ type, eventId: event.eventId, at: event.at, data: { ...originOf(event), ...data } });
  const traits = profile?.traits ?? {};
  if (identifies) add(leadIdentified.type, { ...nameFields(lead, event), traits, account: accountOf(draft, lead) });
  const rejected = profile?.rejected ?? [];
  const updates = identifies
    ? {}
    : { ...(Object.keys(traits).length > 0 && { traits }), ...(accountNews && { account: accountOf(draft, lead) }) };
  if (rejected.length > 0 || Object.keys(updates).length > 0) {
    add(leadProfileUpdated.type, { ...updates, ...(rejected.length > 0 && { rejected }) });
  }
  draft.publish(leadId, [...facts, ...eventFacts(event)]);
}

/** Notes the traits that nobody declared, so that what comes next knows how many the lead has. */
export function keepUndeclared(draft: IdentityDraft, leadId: string, profile: Profile | null): void {
  const lead = draft.lead(leadId);
  const undeclared = profile?.undeclared ?? [];
  if (undeclared.length > lead.undeclared.length) draft.keepLead({ ...lead, undeclared });
}

interface AccountTelling {
  readonly event: HistoricEvent;
  readonly told: ToldAccount;
}

function tellAccount(draft: IdentityDraft, lead: LeadRow, { event, told }: AccountTelling): boolean {
  const { type, groupId } = event.content;
  return type === 'group' && groupId !== undefined
    ? joinGroup(draft, lead, groupId, told)
    : tellCompany(draft, lead, told);
}

function nameFields(lead: LeadRow, { content }: HistoricEvent) {
  return {
    ...(lead.userId !== null && { userId: lead.userId }),
    ...(lead.email !== null && { email: lead.email }),
    anonymousIds: content.anonymousId === undefined ? [] : [content.anonymousId],
  };
}
