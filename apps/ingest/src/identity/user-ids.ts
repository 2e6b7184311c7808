import { normalEmail } from '@baton/domain/evidence/email';

/**
 * Whether two user ids stand for two people who share an e-mail. One that is that e-mail says no more than the e-mail does;
 * two that are different e-mails are two people.
 */
export function isOther(own: string, named: string, email: string | undefined): boolean {
  const [one, other] = [normalEmail(own), normalEmail(named)];
  if (one !== undefined && other !== undefined) return one !== other;
  const written = one ?? other;
  return written === undefined || written !== email;
}

/** By which of two user ids a lead goes: the first, unless that is an e-mail and the second is none. */
export function userIdOf(own: string | null, other: string | null): string | null {
  if (own === null || other === null) return own ?? other;
  return normalEmail(own) !== undefined && normalEmail(other) === undefined ? other : own;
}
