import type { TraitType } from '../playbook/definition.js';

/** The types a playbook declares, and those that only built-in traits have. */
export type KnownType = TraitType | 'email' | 'country';

/** The traits of a lead that need no declaration (design of the playbook, section 2). */
export const leadTraits: Readonly<Record<string, KnownType>> = {
  email: 'email',
  name: 'text',
  title: 'text',
  phone: 'text',
  country: 'country',
  region: 'text',
  city: 'text',
  language: 'text',
  persona: 'text',
  source: 'text',
};

/** The traits of an account that need no declaration. */
export const accountTraits: Readonly<Record<string, KnownType>> = {
  domain: 'text',
  name: 'text',
  industry: 'text',
  employees: 'number',
  revenue: 'number',
  country: 'country',
  technologies: 'list',
  freeMail: 'yes-no',
};

/** Traits that a playbook declares; account traits are keyed `account.NAME`. */
export type DeclaredTraits = Readonly<Record<string, TraitType>>;

/** The type of a trait, undefined for one that nobody declared. Names come from outside: `toString` is a trait like any other. */
export function typeOfTrait(declared: DeclaredTraits, of: 'lead' | 'account', name: string): KnownType | undefined {
  const [builtIn, path] = of === 'lead' ? [leadTraits, name] : [accountTraits, `account.${name}`];
  if (Object.hasOwn(builtIn, name)) {
    return builtIn[name];
  }
  return Object.hasOwn(declared, path) ? declared[path] : undefined;
}
