import type { TraitValue, Traits } from '@baton/contracts/lead-events';
import { type DeclaredTraits, type KnownType, typeOfTrait } from '@baton/domain/evidence/built-in-traits';
import { type Coerced, coerceTrait, showTrait } from '@baton/domain/evidence/coerce-trait';
import { normalDomain } from '@baton/domain/evidence/email';
import { type Json } from '../decode/decoded-event.js';
import { isJson } from '../decode/fields.js';

interface RejectedTrait {
  readonly trait: string;
  readonly expected: string;
}

/** What one event told, coerced. */
export interface Profile {
  readonly traits: Traits;
  readonly account: { readonly domain?: string; readonly traits: Traits };
  readonly rejected: readonly RejectedTrait[];
  /** Names of the person's traits that nobody declared, those known before included. */
  readonly undeclared: readonly string[];
}

/** Traits of one event at most; the rest is left out and named. */
const mostTraits = 200;

/** Undeclared traits of a person, whatever the number of events: with their values cut they stay below 64 KB. */
const mostUndeclared = 100;
const longestName = 100;

/** Other names that SDKs and CRMs give to account traits. */
const accountSynonyms: Readonly<Record<string, string>> = {
  employee_count: 'employees',
  employeeCount: 'employees',
  annual_revenue: 'revenue',
  annualRevenue: 'revenue',
};

/**
 * Reads what a person told of themselves. Segment's reserved traits are mapped: `firstName` and `lastName` to `name`, `address`
 * to `country`, `region` and `city`, `company` (text or object) to the account's traits. A value of another type than declared
 * is rejected by name and the rest kept. Traits nobody declared are kept as they can be shown, up to a hundred of one person: `undeclared` names those known before.
 */
export function readPersonProfile(told: Json, declared: DeclaredTraits, undeclared: readonly string[] = []): Profile {
  const { company, address, ...own } = told;
  const person = new TraitReader((name) => typeOfTrait(declared, 'lead', name), '', new Set(undeclared));
  person.readAll({ ...addressTraits(address), ...fullName(own), ...own });
  const account = readAccountProfile(companyTraits(company), declared);
  return {
    traits: person.traits,
    account: account.account,
    rejected: [...person.rejected, ...account.rejected],
    undeclared: [...person.undeclared],
  };
}

/** Reads what a group call told of an account; `domain` and `website` say which one it is. */
export function readAccountProfile(told: Json, declared: DeclaredTraits): Profile {
  const { domain, website, address, ...own } = told;
  const reader = new TraitReader((name) => typeOfTrait(declared, 'account', name), 'account.');
  const country = isJson(address) ? { country: address['country'] } : {};
  const named = Object.entries({ ...country, ...own }).map(([name, value]) => [synonymOf(name), value] as const);
  reader.readAll(Object.fromEntries(named));
  const known = normalDomain(domain) ?? normalDomain(website);
  return {
    traits: {},
    account: { ...(known && { domain: known }), traits: reader.traits },
    rejected: reader.rejected,
    undeclared: [],
  };
}

class TraitReader {
  readonly traits: Record<string, TraitValue> = {};
  readonly rejected: RejectedTrait[] = [];

  constructor(
    private readonly typeOf: (name: string) => KnownType | undefined,
    private readonly prefix: string,
    readonly undeclared = new Set<string>(),
  ) {}

  readAll(told: Json): void {
    for (const [index, [name, value]] of Object.entries(told).entries()) {
      if (index >= mostTraits) {
        this.rejected.push({
          trait: this.prefix + name,
          expected: `expected at most ${mostTraits} traits in one event`,
        });
        return;
      }
      if (value !== null && value !== undefined && value !== '') this.read(name, value);
    }
  }

  private read(name: string, value: unknown): void {
    const type = this.typeOf(name);
    const coerced = type ? coerceTrait(value, type) : this.show(name, value);
    if ('value' in coerced) this.traits[name] = coerced.value;
    else this.rejected.push({ trait: this.prefix + name, expected: coerced.expected });
  }

  private show(name: string, value: unknown): Coerced {
    if (name.length > longestName) return { expected: `expected a name of at most ${longestName} characters` };
    if (this.undeclared.size >= mostUndeclared && !this.undeclared.has(name)) {
      return { expected: `expected at most ${mostUndeclared} traits that the playbook does not declare` };
    }
    this.undeclared.add(name);
    return { value: showTrait(value) };
  }
}

function fullName({ firstName, lastName }: Json): Json {
  const parts = [firstName, lastName].filter((part) => typeof part === 'string' && part !== '');
  return parts.length > 0 ? { name: parts.join(' ') } : {};
}

function addressTraits(address: unknown): Json {
  if (!isJson(address)) return address === undefined ? {} : { address };
  return { country: address['country'], region: address['region'] ?? address['state'], city: address['city'] };
}

function companyTraits(company: unknown): Json {
  if (typeof company === 'string') return { name: company };
  if (!isJson(company)) return {};
  const { id: _id, ...traits } = company;
  return traits;
}

function synonymOf(name: string): string {
  return Object.hasOwn(accountSynonyms, name) ? (accountSynonyms[name] ?? name) : name;
}
