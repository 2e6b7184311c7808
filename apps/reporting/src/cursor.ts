import { problem } from '@baton/service-kit/problem';

/** Writes where a page ended as an opaque text. */
export function writeCursor(place: readonly string[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Reads what `writeCursor` wrote, each part checked; throws a 400 for anything else. */
export function readCursor(text: string | undefined, parts: readonly RegExp[]): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const place = parse(text);
  const whole = Array.isArray(place) && place.length === parts.length;
  if (whole && place.every((part, index) => typeof part === 'string' && parts[index]?.test(part)))
    return place as string[];
  const message = 'must be the `next` of the page before, unchanged and with the same sort';
  throw problem(400, 'Invalid request', `/query/cursor ${message}`, { errors: [{ path: '/query/cursor', message }] });
}

/** What a part of a cursor may look like: PostgreSQL's text of a time, of a number, and any id. */
export const cursorTime = /^(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|\+00)|infinity)$/;
export const cursorNumber = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;
export const cursorText = /^[^\0]{0,320}$/s;

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}
