/** Minutes [opens, closes) of a local day, 0 to 1440. */
export interface DayHours {
  readonly opens: number;
  readonly closes: number;
}

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/**
 * The weekdays (0 is Sunday) that a key such as `mon`, `mon-fri` or `sat-mon` names, in order, or null when it names none.
 * A range may run over the end of the week.
 */
export function parseWeekdays(key: string): readonly number[] | null {
  const [first, last, ...rest] = key.split('-').map((name) => (weekdays as readonly string[]).indexOf(name));
  if (first === undefined || first < 0 || last === -1 || rest.length > 0) return null;
  const length = last === undefined ? 1 : ((last - first + 7) % 7) + 1;
  return Array.from({ length }, (_, step) => (first + step) % 7);
}

/** Reads `09:00-17:30`; `24:00` is the end of the day. Null when it is no span of one day with its end after its start. */
export function parseDayHours(text: string): DayHours | null {
  const match = /^(\d{2}):(\d{2})-(\d{2}):(\d{2})$/.exec(text);
  if (match === null) return null;
  const [opens, closes] = [minutesOf(match[1], match[2]), minutesOf(match[3], match[4])];
  if (opens === null || closes === null || opens >= closes) return null;
  return { opens, closes };
}

function minutesOf(hours: string | undefined, minutes: string | undefined): number | null {
  const [hour, minute] = [Number(hours), Number(minutes)];
  const total = hour * 60 + minute;
  return minute < 60 && total <= 24 * 60 ? total : null;
}

/** The number of a date since 1970-01-01, or null when `text` is no `YYYY-MM-DD` of the calendar. */
export function parseDay(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(text)) return null;
  return at / (24 * 3600 * 1000);
}
