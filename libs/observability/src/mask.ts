const personal = /^(e-?mail|phone|mobile|name|first_?name|last_?name|full_?name|user_?name|ip)$/i;
const secret = /(authorization|cookie|password|secret|token|api_?key|write_?key|database_?url|signature)/i;
const emailInText = /([\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]*@([\p{L}\p{N}.-]+\.\p{L}{2,})/gu;
const credentialsInUrl = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;
const deepest = 6;

/** Hides the local part of every e-mail address and the credentials of every URL in a text. */
export function maskText(text: string): string {
  return text.replace(credentialsInUrl, '$1…@').replace(emailInText, '$1…@$2');
}

/**
 * Answers a copy of log fields without personal data and secrets: fields named for them are hidden whole, e-mail addresses
 * anywhere in a text lose their local part. Errors keep type, message, stack and code; nothing deeper than six levels is kept.
 */
export function maskFields(fields: Record<string, unknown>): Record<string, unknown> {
  return maskObject(fields, 0);
}

function maskObject(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, maskField(key, value, depth)]));
}

function maskField(key: string, value: unknown, depth: number): unknown {
  if (secret.test(key)) return '[hidden]';
  if (personal.test(key) && typeof value === 'string') return value.includes('@') ? maskText(value) : '[masked]';
  return maskValue(value, depth);
}

function maskValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return maskError(value, depth);
  if (value instanceof Date) return value.toJSON();
  if (depth >= deepest) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => maskValue(item, depth + 1));
  return maskObject(value, depth + 1);
}

function maskError(error: Error, depth: number): Record<string, unknown> {
  const { code, cause } = error as Error & { code?: unknown };
  return {
    type: error.name,
    message: maskText(error.message),
    stack: maskText(error.stack ?? ''),
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined || depth >= deepest ? {} : { cause: maskValue(cause, depth + 1) }),
  };
}
