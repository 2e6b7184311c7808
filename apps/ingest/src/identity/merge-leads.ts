import { leadAbsorbed, leadProfileUpdated, leadsMerged } from '@baton/contracts/lead-events';
import { accountOf } from './account-facts.js';
import { type Fact, type HistoricEvent, eventFacts, originOf } from './event-facts.js';
import type { IdentityDraft } from './identity-draft.js';
import type { LeadRow } from './identity-rows.js';
import type { IncomingEvent } from './incoming-event.js';
import { keepUndeclared } from './tell-event.js';
import { toldProfile } from './told-profile.js';
import { userIdOf } from './user-ids.js';

/**
 * Joins two leads into the older one, which is answered. `lead.absorbed` is the last fact under the absorbed id; under the survivor's
 * go `leads.merged` and then the absorbed history in event-time order. Identifiers and visitors of the absorbed lead stay as
 * they are and stand for the survivor from now on.
 */
export function mergeLeads(draft: IdentityDraft, pair: readonly [LeadRow, LeadRow], event: IncomingEvent): LeadRow {
  const [older, younger] = pair.toSorted(byAge) as [LeadRow, LeadRow];
  const history = draft.historyOf(younger.id);
  const { eventId, at } = event;
  const origin = originOf(event);
  draft.publish(younger.id, [{ type: leadAbsorbed.type, eventId, at, data: { ...origin, survivor: older.id } }]);
  const absorbed = draft.keepLead({ ...younger, sequence: younger.sequence + 1, absorbedInto: older.id });
  const survivor = draft.keepLead(joined(older, absorbed));
  draft.moveHistory(younger.id, older.id);
  const account = accountOf(draft, survivor);
  const merged = {
    type: leadsMerged.type,
    eventId,
    at,
    data: { ...origin, absorbed: younger.id, traits: {}, account },
  };
  draft.publish(older.id, [merged]);
  draft.publish(
    older.id,
    history.flatMap((earlier) => historicFacts(draft, older.id, earlier)),
    true,
  );
  return draft.lead(older.id);
}

function byAge(left: LeadRow, right: LeadRow): number {
  return left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1);
}

function joined(survivor: LeadRow, absorbed: LeadRow): LeadRow {
  const newerEmail = (absorbed.emailAt ?? -1) > (survivor.emailAt ?? -1);
  const newerAccount = survivor.account === null || (absorbed.accountAt ?? -1) > (survivor.accountAt ?? -1);
  return {
    ...survivor,
    userId: userIdOf(survivor.userId, absorbed.userId),
    ...(newerEmail && { email: absorbed.email, emailAt: absorbed.emailAt }),
    ...(newerAccount && { account: absorbed.account, accountAt: absorbed.accountAt }),
  };
}

/** What an event told under the absorbed id, told again: profiles as updates, because the survivor has been identified. */
function historicFacts(draft: IdentityDraft, survivor: string, event: HistoricEvent): Fact[] {
  const { eventId, at } = event;
  const profile = toldProfile(event, draft.declared, draft.lead(survivor));
  keepUndeclared(draft, survivor, profile);
  const traits = profile?.traits ?? {};
  if (Object.keys(traits).length === 0) return eventFacts(event);
  return [{ type: leadProfileUpdated.type, eventId, at, data: { ...originOf(event), traits } }, ...eventFacts(event)];
}
