const units = [
  { ms: 604_800_000, short: 'w', from: 1_209_600_000 },
  { ms: 86_400_000, short: 'd', from: 172_800_000 },
  { ms: 3_600_000, short: 'h', from: 3_600_000 },
  { ms: 60_000, short: 'min', from: 60_000 },
  { ms: 1_000, short: 's', from: 0 },
] as const;

/** A length of time in one unit, rounded down: `45 s`, `4 min`, `2 h`, `36 h`, `9 d`, `3 w`. */
export function span(ms: number): string {
  const length = Math.max(0, ms);
  const unit = units.find(({ from }) => length >= from) ?? units[4];
  return `${Math.floor(length / unit.ms)} ${unit.short}`;
}

/** How long ago, or how far ahead, seen from `now`. */
export function relative(at: number, now: number): string {
  const distance = now - at;
  if (Math.abs(distance) < 5_000) return 'just now';
  return distance > 0 ? `${span(distance)} ago` : `in ${span(-distance)}`;
}

/** Below an hour a promise is spoken to the second: `04:12`; above it in hours and minutes: `3 h 05 min`. */
export function countdown(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  const minutes = Math.floor(seconds / 60);
  const two = (part: number): string => String(part).padStart(2, '0');
  if (minutes < 60) return `${two(minutes)}:${two(seconds % 60)}`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${two(minutes % 60)} min` : span(Math.abs(ms));
}

/** The exact moment with its zone, as the reader's machine has it. */
export function exact(at: number): string {
  return exactFormat.format(at);
}

/** Hour and minute with the zone, for a moment of today. */
export function timeOfDay(at: number): string {
  return timeFormat.format(at);
}

/** `Sunday 22 November`, for headings of a timeline. */
export function day(at: number): string {
  return dayFormat.format(at);
}

/** A duration given in seconds, for reports: `42 min`, `14.8 h`, `6.2 d`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${trimmed(seconds / 60)} min`;
  if (seconds < 172_800) return `${trimmed(seconds / 3_600)} h`;
  return `${trimmed(seconds / 86_400)} d`;
}

function trimmed(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}

const exactFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
