import type { PlaybookDefinition, TraitType, Value } from '../playbook/definition.js';
import { coerceTrait } from './coerce-value.js';

const leadTraits: Readonly<Record<string, TraitType>> = {
  email: 'text',
  name: 'text',
  title: 'text',
  phone: 'text',
  country: 'text',
  region: 'text',
  city: 'text',
  language: 'text',
  source: 'text',
};

const accountTraits: Readonly<Record<string, TraitType>> = {
  domain: 'text',
  name: 'text',
  industry: 'text',
  employees: 'number',
  revenue: 'number',
  country: 'text',
  technologies: 'list',
  freeMail: 'yes-no',
};

export interface CoercedTraits {
  readonly traits: Readonly<Record<string, Value>>;
  /** What was refused by name: an earlier value stays, the rest is kept. */
  readonly rejected: readonly { readonly trait: string; readonly expected: TraitType }[];
}

/**
 * Traits as their declared or built-in types (design/playbook.md, section 2). Undeclared ones are kept as they are when they
 * are a text, a number, yes or no, or a list of texts, and dropped otherwise. `persona` is the playbook's to say.
 */
export function coerceTraits(
  declared: PlaybookDefinition['traits'],
  of: 'lead' | 'account',
  given: Readonly<Record<string, unknown>>,
): CoercedTraits {
  const traits: [string, Value][] = [];
  const rejected: { trait: string; expected: TraitType }[] = [];
  for (const [name, value] of Object.entries(given)) {
    const type = typeOf(declared, of, name);
    const coerced = type === undefined ? asItIs(value) : coerceTrait(type, value);
    if (coerced !== undefined && !(of === 'lead' && name === 'persona')) {
      traits.push([name, coerced]);
    } else if (type !== undefined && value !== null && value !== undefined) {
      rejected.push({ trait: name, expected: type });
    }
  }
  return { traits: Object.fromEntries(traits), rejected };
}

/** Whether conditions may read this trait. */
export function isDeclared(declared: PlaybookDefinition['traits'], of: 'lead' | 'account', name: string): boolean {
  return typeOf(declared, of, name) !== undefined;
}

function typeOf(declared: PlaybookDefinition['traits'], of: 'lead' | 'account', name: string): TraitType | undefined {
  const [builtIn, path] = of === 'lead' ? [leadTraits, name] : [accountTraits, `account.${name}`];
  if (Object.hasOwn(builtIn, name)) {
    return builtIn[name];
  }
  return Object.hasOwn(declared, path) ? declared[path] : undefined;
}

function asItIs(value: unknown): Value | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') {
    return value;
  }
  return Array.isArray(value)
    ? coerceTrait('list', value)
    : coerceTrait('number', typeof value === 'number' ? value : undefined);
}
