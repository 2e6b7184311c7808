const personName = '(?:first|last|full|given|family|middle|user|display|nick)?[_-]?name|surname';
const callerAddress =
  '(?:client|remote|peer)?[_-]?(?:ip|ip[_-]?address)|remote[_-]?addr(?:ess)?|x-forwarded-for|x-real-ip|forwarded';
const personalNames = `e-?mail|phone|mobile|${personName}|${callerAddress}`;
const secretNames = 'authorization|cookie|password|secret|token|api[_-]?key|write[_-]?key|database_?url|signature';
const personal = new RegExp(`^(?:${personalNames})$`, 'i');
const secret = new RegExp(`(?:${secretNames})`, 'i');
const deepest = 6;
const longestText = 5_000;

/** What to write in place of personal data and secrets in a text, in this order. */
const inText: readonly (readonly [found: RegExp, instead: string])[] = [
  // A password may have an @ of its own: the last one ends it.
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/]+@/gi, '$1…@'],
  [/([\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]*(@|%40)([\p{L}\p{N}.-]+\.\p{L}{2,})/giu, '$1…$2$3'],
  [new RegExp(`((?:${secretNames})=)[^\\s&"'#;,]+`, 'gi'), '$1[hidden]'],
  [new RegExp(`("\\w*(?:${secretNames})\\w*"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi'), '$1"[hidden]"'],
  [/\b(Basic|Bearer) [\w+/.~-]{8,}=*/g, '$1 [hidden]'],
  [new RegExp(`([?&](?:${personalNames})=)[^\\s&"'#]+`, 'gi'), '$1[masked]'],
  // PostgreSQL and the parser of JSON repeat what they were given.
  [/(\bKey \([^)]*\)=\().*?\)(?= |$)/gm, '$1[masked])'],
  [/(\binvalid input (?:syntax|value) for [^:\n]+: )".*"/g, '$1"[masked]"'],
  [/(\bUnexpected token ).*(?= is not valid JSON)/gs, '$1[masked]'],
];

/**
 * Hides in a text the local part of every e-mail address, credentials in and behind an address (`?writeKey=…`, `Bearer …`),
 * and the values that errors of PostgreSQL and of the parser of JSON repeat. A name in a sentence nobody can tell from a word.
 * What is longer than 5,000 characters is cut.
 */
export function maskText(text: string): string {
  const short = text.length > longestText ? `${text.slice(0, longestText)}…` : text;
  return inText.reduce((masked, [found, instead]) => masked.replace(found, instead), short);
}

/**
 * Answers a copy of log fields without personal data and secrets: fields named for them are hidden whole, and texts
 * are masked by `maskText`. Errors keep type, message, stack and code; nothing deeper than six levels is kept.
 */
export function maskFields(fields: Record<string, unknown>): Record<string, unknown> {
  return maskObject(fields, 0);
}

function maskObject(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, maskField(key, value, depth)]));
}

function maskField(key: string, value: unknown, depth: number): unknown {
  if (secret.test(key)) return '[hidden]';
  if (personal.test(key) && value !== undefined && value !== null)
    return typeof value === 'string' && /^\S+@\S+$/.test(value) ? maskText(value) : '[masked]';
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
