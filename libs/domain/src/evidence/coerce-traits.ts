import { type DeclaredTraits, typeOfTrait } from './built-in-traits.js';
import { coerceTrait, showTrait, type TraitValue } from './coerce-trait.js';

export interface CoercedTraits {
  readonly traits: Readonly<Record<string, TraitValue>>;
  /** What was refused by name: an earlier value stays, the rest is kept. */
  readonly rejected: readonly { readonly trait: string; readonly expected: string }[];
}

/**
 * Traits as their declared or built-in types (design/playbook.md, section 2). Undeclared ones are kept as they can be shown.
 * `persona` is the playbook's to say.
 */
export function coerceTraits(
  declared: DeclaredTraits,
  of: 'lead' | 'account',
  given: Readonly<Record<string, unknown>>,
): CoercedTraits {
  const traits: [string, TraitValue][] = [];
  const rejected: { trait: string; expected: string }[] = [];
  for (const [name, value] of Object.entries(given)) {
    const isTold = value !== null && value !== undefined && value !== '';
    if (!isTold || (of === 'lead' && name === 'persona')) continue;
    const type = typeOfTrait(declared, of, name);
    const coerced = type === undefined ? { value: showTrait(value) } : coerceTrait(value, type);
    if ('value' in coerced) traits.push([name, coerced.value]);
    else rejected.push({ trait: name, expected: coerced.expected });
  }
  return { traits: Object.fromEntries(traits), rejected };
}
