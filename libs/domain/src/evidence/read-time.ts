/** The oldest time that is taken for a time; anything before is an unset clock. */
export const earliestTime = Date.UTC(1970, 0, 2);

/** Reads ISO 8601 text, or a number of seconds or milliseconds since 1970, as epoch milliseconds; null when it is no time. */
export function readTime(value: unknown): number | null {
  const time =
    typeof value === 'number' ? ofNumber(value) : typeof value === 'string' ? ofText(value.trim()) : Number.NaN;
  return Number.isFinite(time) && time >= earliestTime && time < 8.64e15 ? Math.trunc(time) : null;
}

function ofNumber(value: number): number {
  return value < 1e11 ? value * 1000 : value;
}

/** A date, or a time with nothing behind its offset: an offset in the middle of a text would be passed over. */
const form = /^\d{4}-\d\d-\d\d(?:$|[T ]\d\d:\d\d[\d:.]*(?: ?(Z|[+-]\d\d:?\d\d))?$)/i;

/** A time without an offset is UTC, whatever zone this process runs in. */
function ofText(text: string): number {
  const parts = text.length > 40 ? null : form.exec(text);
  if (parts === null) return Number.NaN;
  return Date.parse(text.length === 10 || parts[1] !== undefined ? text : `${text}Z`);
}
