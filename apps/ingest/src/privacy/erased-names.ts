import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';

/** What can name a person: `user:ID` and `email:ADDRESS` as identifiers are kept, `visitor:ID`, `lead:ID`. */
export type HashName = (name: string) => string;

/** Hashes names under a key made of the installation's secret: without it nobody can find out whom a hash stands for. */
export function hashNamesWith(installationSecret: string): HashName {
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', installationSecret, '', 'baton erasures', 32)));
  return (name) => createHmac('sha256', key).update(name).digest('base64url');
}

export function visitorName(visitor: string): string {
  return `visitor:${visitor}`;
}

export function leadName(lead: string): string {
  return `lead:${lead}`;
}
