import { type KeyedHash, keyedHash } from '@baton/service-kit/keyed-hash';

/** What can name a person: `user:ID` and `email:ADDRESS` as identifiers are kept, `visitor:ID`, `lead:ID`. */
export type HashName = KeyedHash;

export function hashNamesWith(installationSecret: string): HashName {
  return keyedHash(installationSecret, 'baton erasures');
}

export function visitorName(visitor: string): string {
  return `visitor:${visitor}`;
}

export function leadName(lead: string): string {
  return `lead:${lead}`;
}
