import type { Account, Traits, TraitValue } from '@baton/contracts/lead-events';

/** A value with the event time that gave it. */
interface Told<Value> {
  readonly value: Value;
  readonly at: string;
}

/** Who a lead is: per field the value of the newest event time, whatever the order in which the events came. */
export interface Profile {
  readonly createdAt: string;
  readonly email: Told<string> | null;
  readonly userId: Told<string> | null;
  readonly traits: Readonly<Record<string, Told<TraitValue>>>;
  readonly account: (Account & { readonly at: string }) | null;
}

/** What one fact says about a lead. `fillsOnly`: a merge brings what is missing and overrules nothing. */
export interface ProfileFact {
  readonly at: string;
  readonly email?: string | undefined;
  readonly userId?: string | undefined;
  readonly traits?: Traits | undefined;
  readonly account?: Account | undefined;
  readonly fillsOnly?: boolean;
}

export function newProfile(at: string): Profile {
  return { createdAt: at, email: null, userId: null, traits: {}, account: null };
}

/** The profile after one more fact; the same object when the fact says nothing new. Of equal times the later fact of the log counts. */
export function foldProfile(profile: Profile, fact: ProfileFact): Profile {
  const next: Profile = {
    createdAt: fact.at < profile.createdAt ? fact.at : profile.createdAt,
    email: newest(profile.email, fact.email, fact),
    userId: newest(profile.userId, fact.userId, fact),
    traits: foldTraits(profile.traits, fact),
    account: fact.account ? foldAccount(profile.account, fact.account, fact) : profile.account,
  };
  return (Object.keys(next) as (keyof Profile)[]).every((key) => next[key] === profile[key]) ? profile : next;
}

function newest<Value>(old: Told<Value> | null, value: Value | undefined, fact: ProfileFact): Told<Value> | null {
  if (value === undefined || (old && (fact.fillsOnly === true || old.at > fact.at))) return old;
  return old && old.at === fact.at && JSON.stringify(old.value) === JSON.stringify(value)
    ? old
    : { value, at: fact.at };
}

function foldTraits(traits: Profile['traits'], fact: ProfileFact): Profile['traits'] {
  const told = Object.entries(fact.traits ?? {}).flatMap(([name, value]) => {
    const old = Object.hasOwn(traits, name) ? (traits[name] ?? null) : null;
    const now = newest(old, value, fact);
    return now && now !== old ? [[name, now] as const] : [];
  });
  return told.length === 0 ? traits : { ...traits, ...Object.fromEntries(told) };
}

function foldAccount(old: Profile['account'], account: Account, fact: ProfileFact): Profile['account'] {
  if (old?.domain !== account.domain) {
    return old && (fact.fillsOnly === true || old.at > fact.at) ? old : { ...account, at: fact.at };
  }
  const newer = Object.entries(account.traits).filter(([name, told]) => {
    const known = Object.hasOwn(old.traits, name) ? old.traits[name] : undefined;
    return !known || (known.at <= told.at && JSON.stringify(known) !== JSON.stringify(told));
  });
  return newer.length === 0 ? old : { ...old, traits: { ...old.traits, ...Object.fromEntries(newer) } };
}

/** The current values alone, by trait name. */
export function traitsOf(profile: Profile): Traits {
  return Object.fromEntries(Object.entries(profile.traits).map(([name, told]) => [name, told.value]));
}

/** The account as the HTTP interface shows it: `{ domain, freeMail, industry, … }`, without a domain where there is none; null when nothing is known. */
export function accountOf(profile: Profile): Record<string, unknown> | null {
  if (!profile.account) return null;
  const { domain, freeMail, traits } = profile.account;
  const values = Object.fromEntries(Object.entries(traits).map(([name, told]) => [name, told.value]));
  if (domain !== null) return { ...values, domain, freeMail };
  return Object.keys(values).length === 0 ? null : { ...values, freeMail };
}

/** The name people know a lead by, from `name` or its two halves. */
export function nameOf(profile: Profile): string | null {
  const whole = textOf(profile.traits, 'name');
  if (whole !== null) return whole;
  const halves = ['firstName', 'lastName'].flatMap((half) => textOf(profile.traits, half) ?? []);
  return halves.length > 0 ? halves.join(' ') : null;
}

/** The company: the account's name, the lead's own word for it, or the domain. */
export function companyOf(profile: Profile): string | null {
  const account = profile.account;
  return (
    (account ? textOf(account.traits, 'name') : null) ?? textOf(profile.traits, 'company') ?? account?.domain ?? null
  );
}

export function countryOf(profile: Profile): string | null {
  return textOf(profile.traits, 'country') ?? (profile.account ? textOf(profile.account.traits, 'country') : null);
}

function textOf(traits: Readonly<Record<string, Told<TraitValue>>>, name: string): string | null {
  const value = Object.hasOwn(traits, name) ? traits[name]?.value : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}
