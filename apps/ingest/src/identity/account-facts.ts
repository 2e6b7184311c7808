import type { Account, Traits } from '@baton/contracts/lead-events';
import { domainOfEmail, normalDomain } from '@baton/domain/evidence/email';
import { isFreeMail } from '@baton/domain/evidence/free-mail';
import type { IdentityDraft } from './identity-draft.js';
import type { AccountRow, AccountTraits, LeadRow } from './identity-rows.js';

/** Characters of an account's traits, as JSON. */
const largestAccount = 64 * 1024;

/** An account that has no domain yet goes by its group, or by the one person who told of it. */
const standIn = /^(group|lead):/;

/** The whole account of a lead as readers get it; every field with the event time that gave it. */
export function accountOf(draft: IdentityDraft, lead: LeadRow): Account {
  return publicAccount(lead, lead.account === null ? null : draft.account(lead.account));
}

export function publicAccount({ email }: Pick<LeadRow, 'email'>, account: AccountRow | null): Account {
  const timed = Object.entries(account?.traits ?? {}).map(
    ([name, { value, at }]) => [name, { value, at: new Date(at).toISOString() }] as const,
  );
  return {
    domain: account && !standIn.test(account.id) ? account.id : null,
    freeMail: email !== null && isFreeMail(domainOfEmail(email)),
    traits: Object.fromEntries(timed),
  };
}

/** The account that an e-mail says, unless a group call has said otherwise; free-mail domains are none. */
export function followEmail(draft: IdentityDraft, lead: LeadRow): LeadRow {
  if (lead.accountAt !== null || lead.email === null) return lead;
  const domain = domainOfEmail(lead.email);
  if (domain === lead.account || isFreeMail(domain)) return lead;
  return draft.keepLead({ ...lead, account: domain });
}

export interface ToldAccount {
  readonly domain?: string;
  readonly traits: Traits;
  readonly at: number;
}

/** Puts the lead into the account of a group and takes what was told of it. Answers whether the lead has news of its account. */
export function joinGroup(draft: IdentityDraft, lead: LeadRow, group: string, told: ToldAccount): boolean {
  const account = accountOfGroup(draft, lead, group, told.domain);
  const newer = lead.accountAt === null || told.at >= lead.accountAt;
  const joined = newer ? draft.keepLead({ ...lead, account, accountAt: told.at }) : lead;
  const changed = takeTraits(draft, joined.id, account, told);
  return joined.account === account && (changed || joined.account !== lead.account);
}

/** Takes what a person told of their company into their account, or into a stand-in where they have none. */
export function tellCompany(draft: IdentityDraft, lead: LeadRow, told: ToldAccount): boolean {
  const domain = told.domain !== undefined && !isFreeMail(told.domain) ? told.domain : undefined;
  if (domain === undefined && Object.keys(told.traits).length === 0) return false;
  const account = lead.account ?? domain ?? `lead:${lead.id}`;
  if (account !== lead.account) draft.keepLead({ ...lead, account });
  return takeTraits(draft, lead.id, account, told) || account !== lead.account;
}

/**
 * A group is tied to an account by the domain it tells, else by the one it had, by being a domain itself, else by the e-mail
 * domain of its first user. Once a domain is known, what the stand-in held moves there, and its leads follow.
 */
function accountOfGroup(draft: IdentityDraft, lead: LeadRow, group: string, told: string | undefined): string {
  const former = draft.groupAccount(group);
  const known = former && !standIn.test(former) ? former : undefined;
  const account =
    companyDomain(told) ?? known ?? companyDomain(normalDomain(group)) ?? ownDomain(lead) ?? `group:${group}`;
  if (account === former) return account;
  draft.giveGroup(group, account);
  if (former && standIn.test(former)) moveAccount(draft, former, { to: account, lead: lead.id });
  return account;
}

function moveAccount(draft: IdentityDraft, from: string, { to, lead }: { to: string; lead: string }): void {
  const held = draft.account(from).traits;
  const target = draft.account(to);
  draft.keepAccount({
    ...target,
    traits: bounded(target.traits, newest(target.traits, held)),
    version: target.version + 1,
  });
  draft.movedAccounts.set(from, to);
  draft.tellAccount(to, lead);
}

function companyDomain(domain: string | undefined): string | undefined {
  return domain === undefined || isFreeMail(domain) ? undefined : domain;
}

function ownDomain({ email }: LeadRow): string | undefined {
  return email === null ? undefined : companyDomain(domainOfEmail(email));
}

/** Newest by event time wins, field by field. Answers whether a value changed; then the account's other leads are told too. */
function takeTraits(draft: IdentityDraft, lead: string, id: string, { traits, at }: ToldAccount): boolean {
  const account = draft.account(id);
  const told = Object.fromEntries(Object.entries(traits).map(([name, value]) => [name, { value, at }]));
  const merged = bounded(account.traits, newest(account.traits, told));
  const changed = Object.keys(told).some(
    (name) => JSON.stringify(account.traits[name]?.value) !== JSON.stringify(merged[name]?.value),
  );
  draft.keepAccount({ id, traits: merged, version: account.version + (changed ? 1 : 0) });
  if (changed) draft.tellAccount(id, lead);
  return changed;
}

/**
 * The whole account travels with every fact that tells it, so it must stay small whoever adds to it: beyond the bound it stays
 * as it was.
 */
function bounded(former: AccountTraits, traits: AccountTraits): AccountTraits {
  return JSON.stringify(traits).length > largestAccount ? former : traits;
}

/** The result does not depend on the order of its arguments: at the same time, the greater value as JSON stands. */
function newest(left: AccountTraits, right: AccountTraits): AccountTraits {
  const merged: Record<string, AccountTraits[string]> = { ...left };
  for (const [name, told] of Object.entries(right)) {
    const kept = Object.hasOwn(merged, name) ? merged[name] : undefined;
    const wins =
      !kept || told.at > kept.at || (told.at === kept.at && JSON.stringify(told.value) > JSON.stringify(kept.value));
    if (wins) merged[name] = told;
  }
  return merged;
}
