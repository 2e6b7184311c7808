import { domainOfEmail, normalEmail } from './email.js';
import { isFreeMail } from './free-mail.js';

/** The company an e-mail address speaks for: its domain, none for free mail; without an address nothing is known of its mail. */
export function accountOfEmail(given: unknown): { readonly domain: string | null; readonly freeMail: boolean | null } {
  const email = normalEmail(given);
  if (email === undefined) {
    return { domain: null, freeMail: null };
  }
  const domain = domainOfEmail(email);
  const freeMail = isFreeMail(domain);
  return { domain: freeMail ? null : domain, freeMail };
}
