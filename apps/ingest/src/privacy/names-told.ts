import { emailKey } from '../identity/identity-rows.js';
import { keysOfId } from '../identity/names.js';
import { normalEmail } from '@baton/domain/evidence/email';
import { visitorName } from './erased-names.js';

/** What a field says of whom it is about, by its name; each as names are kept. */
const namesByField: Readonly<Record<string, (value: string) => readonly string[]>> = {
  userId: keysOfId,
  anonymousId: (id) => [visitorName(id)],
  previousId: (id) => [...keysOfId(id), visitorName(id)],
  email(address) {
    const email = normalEmail(address);
    return email === undefined ? [] : [emailKey(email)];
  },
};

/** Every name in a JSON text, whether it is believed or not: at any depth, and in JSON that is the text of a string. */
export function namesTold(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  // A list of its own, not recursion: what strangers send may be nested deeper than the stack.
  const open: unknown[] = [decoded(text)];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const [field, inner] of Object.entries(value)) {
      open.push(typeof inner === 'string' ? decoded(inner) : inner);
      if (typeof inner !== 'string' && typeof inner !== 'number') continue;
      if (Object.hasOwn(namesByField, field)) namesByField[field]?.(String(inner)).forEach((name) => names.add(name));
    }
  }
  return names;
}

function decoded(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
