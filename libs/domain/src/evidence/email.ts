const shape = /^[^\s@<>"(),:;[\]\\]{1,64}@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9])$/;

/** An e-mail address in the one form that identifies: trimmed, in lower case; undefined when it is none. */
export function normalEmail(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 320) return undefined;
  const email = value.trim().toLowerCase();
  return email.length <= 254 && shape.test(email) ? email : undefined;
}

export function domainOfEmail(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1);
}

/** The domain that a domain name or web address stands for, without `www.`; undefined when it is none. */
export function normalDomain(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 300) return undefined;
  const host = value
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/[/?#:].*$/, '')
    .replace(/^www\./, '')
    .replace(/\.$/, '');
  return shape.test(`x@${host}`) ? host : undefined;
}
