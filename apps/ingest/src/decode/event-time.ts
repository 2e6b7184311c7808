/** The oldest time that is taken for a time; anything before is an unset clock. */
const earliest = Date.UTC(1970, 0, 2);

export interface SentTimes {
  /** When it happened, by the client's clock. */
  readonly original: unknown;
  /** When it was sent, by the same clock. */
  readonly sentAt: unknown;
}

/**
 * The event time in epoch milliseconds, by Segment's correction `receivedAt − (sentAt − original)`: a client's wrong clock
 * cancels out. Without a readable `sentAt` the client's time stands; without a readable time of its own, or with one after
 * the receipt, the event counts as happening when it was received.
 */
export function eventTime({ original, sentAt }: SentTimes, receivedAt: number): number {
  const happened = readTime(original);
  if (happened === null) return receivedAt;
  const sent = readTime(sentAt);
  const corrected = sent === null ? happened : receivedAt - (sent - happened);
  return corrected < earliest ? receivedAt : Math.min(corrected, receivedAt);
}

/** Reads ISO 8601 text, or a number of seconds or milliseconds since 1970; null when it is no time. */
export function readTime(value: unknown): number | null {
  const time = typeof value === 'number' ? ofNumber(value) : typeof value === 'string' ? ofText(value) : Number.NaN;
  return Number.isFinite(time) && time >= earliest && time < 8.64e15 ? Math.trunc(time) : null;
}

function ofNumber(value: number): number {
  return value < 1e11 ? value * 1000 : value;
}

/** A time without an offset is UTC, whatever zone this process runs in. */
function ofText(text: string): number {
  if (text.length > 40 || !/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d|$)/.test(text)) return Number.NaN;
  return Date.parse(/^.{10}$|Z$|[+-]\d\d:?\d\d$/i.test(text) ? text : `${text}Z`);
}
