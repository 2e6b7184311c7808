import { type DayHours, parseDay, parseDayHours, parseWeekdays } from './calendar-hours.js';
import { offsetSegmentAt } from './zone-offsets.js';

/** Business hours as people write them: `{ zone, hours: { "mon-fri": ["09:00-12:00"] }, holidays: ["2026-12-25"] }`. */
export interface CalendarDefinition {
  readonly zone: string;
  readonly hours: Readonly<Record<string, readonly string[]>>;
  readonly holidays: readonly string[];
}

/**
 * Compiled business hours. An instant is open when its local wall time lies in an open span of a working day that is no
 * holiday; so an hour that the zone repeats counts twice and one that it leaves out never.
 */
export interface Calendar {
  readonly zone: string;
  /** Open spans by weekday, 0 is Sunday, in ms since local midnight, in order. */
  readonly week: readonly (readonly Span[])[];
  /** Days since 1970-01-01. */
  readonly holidays: ReadonlySet<number>;
}

/** Half-open: [start, end). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;
/** Past the last holiday the hours repeat weekly; two weeks see every weekday even when a zone skips one of them. */
const horizon = 15 * day;

/** Compiles a definition that `validateRoster` accepts. Throws a RangeError that names what is wrong otherwise. */
export function compileCalendar(definition: CalendarDefinition): Calendar {
  offsetSegmentAt(definition.zone, 0);
  const week: Span[][] = Array.from({ length: 7 }, () => []);
  for (const [key, texts] of Object.entries(definition.hours)) {
    const hours = texts.map((text) => parseDayHours(text) ?? refuse(`hours "${text}" are not like "09:00-17:30"`));
    for (const weekday of parseWeekdays(key) ?? refuse(`"${key}" is no weekday or range of weekdays`)) {
      week[weekday]?.push(...hours.map(spanOf));
    }
  }
  if (week.every((spans) => spans.length === 0)) refuse('a calendar must be open at some time of the week');
  for (const spans of week) spans.sort((a, b) => a.start - b.start);
  const holidays = definition.holidays.map((text) => parseDay(text) ?? refuse(`holiday "${text}" is no date`));
  return { zone: definition.zone, week, holidays: new Set(holidays) };
}

/** Whether the calendar is open at the instant `at` (epoch ms). */
export function isOpen(calendar: Calendar, at: number): boolean {
  return nextOpening(calendar, at) === at;
}

/** The first open instant at or after `at`; null when there is none. */
export function nextOpening(calendar: Calendar, at: number): number | null {
  const limit = lastChange(calendar, at);
  for (const span of openSpans(calendar, at, limit)) return span.start;
  return null;
}

/** The first closed instant at or after `at`; null when the calendar never closes again. */
export function nextClosing(calendar: Calendar, at: number): number | null {
  const limit = lastChange(calendar, at);
  let open = at;
  for (const span of openSpans(calendar, at, limit)) {
    if (span.start > open) return open;
    open = span.end;
  }
  return open < limit ? open : null;
}

/** Open milliseconds in [from, to); 0 when `to` is not after `from`. */
export function openMsBetween(calendar: Calendar, from: number, to: number): number {
  let sum = 0;
  for (const span of openSpans(calendar, from, to)) sum += span.end - span.start;
  return sum;
}

/** The earliest instant at which `ms` of open time have passed since `from`; `from` itself for 0. */
export function addOpenMs(calendar: Calendar, from: number, ms: number): number {
  if (ms <= 0) return from;
  let left = ms;
  for (const span of openSpans(calendar, from, Infinity)) {
    const length = span.end - span.start;
    if (length >= left) return span.start + left;
    left -= length;
  }
  return Infinity;
}

/** Days since 1970-01-01 of the local date at `at` in `zone`. */
export function localDay(zone: string, at: number): number {
  return Math.floor((at + offsetSegmentAt(zone, at).offset) / day);
}

/**
 * The open spans of [from, to), in order; neighbours may touch. Walks stretches that are one local day under one offset,
 * which is what makes changes of the offset inside a day come out exactly.
 */
export function* openSpans(calendar: Calendar, from: number, to: number): Generator<Span> {
  let at = from;
  while (at < to) {
    const segment = offsetSegmentAt(calendar.zone, at);
    const date = Math.floor((at + segment.offset) / day);
    const midnight = date * day - segment.offset;
    const until = Math.min(midnight + day, segment.end, to);
    for (const span of spansOfDate(calendar, date)) {
      const start = Math.max(midnight + span.start, at);
      const end = Math.min(midnight + span.end, until);
      if (start < end) yield { start, end };
    }
    at = until;
  }
}

const noSpans: readonly Span[] = [];

function spansOfDate(calendar: Calendar, date: number): readonly Span[] {
  if (calendar.holidays.has(date)) return noSpans;
  // 1970-01-01 was a Thursday.
  return calendar.week[(((date + 4) % 7) + 7) % 7] ?? noSpans;
}

function lastChange(calendar: Calendar, at: number): number {
  let last = at;
  for (const holiday of calendar.holidays) last = Math.max(last, holiday * day);
  return last + horizon;
}

function spanOf(hours: DayHours): Span {
  return { start: hours.opens * minute, end: hours.closes * minute };
}

function refuse(message: string): never {
  throw new RangeError(message);
}
