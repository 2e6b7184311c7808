import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type CalendarDefinition,
  addOpenMs,
  compileCalendar,
  isOpen,
  localDay,
  nextClosing,
  nextOpening,
  openMsBetween,
} from './calendar.js';
import { parseDay, parseDayHours, parseWeekdays } from './calendar-hours.js';
import { propertyRuns } from '../../test/property-runs.js';

interface Vector {
  calendar: CalendarDefinition;
  from: string;
  to: string;
  openSeconds: number;
  promiseSeconds: number;
  due: string;
}

const vectors = readFileSync(new URL('../../test/vectors/business-hours.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

const minute = 60_000;
const hour = 60 * minute;

const berlin = compileCalendar({
  zone: 'Europe/Berlin',
  hours: { 'mon-fri': ['09:00-12:00', '13:00-17:30'] },
  holidays: ['2026-12-25', '2026-12-28'],
});

/** Says of one instant whether it is open, from the wall clock alone: the slow definition that the fast one must equal. */
function openByWallClock(definition: CalendarDefinition) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: definition.zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (at: number): boolean => {
    const parts = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
    if (definition.holidays.includes(`${parts['year']}-${parts['month']}-${parts['day']}`)) return false;
    const now = `${parts['hour']}:${parts['minute']}`;
    const weekday = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].indexOf(String(parts['weekday']).toLowerCase());
    return Object.entries(definition.hours).some(
      ([days, spans]) =>
        parseWeekdays(days)?.includes(weekday) === true &&
        spans.some((span) => {
          const [opens, closes] = span.split('-') as [string, string];
          return now >= opens && now < closes;
        }),
    );
  };
}

describe('business hours', () => {
  it('has 240 recorded spans to agree with', () => {
    expect(vectors).toHaveLength(240);
  });

  it.each(vectors.map((vector, index) => [index + 1, vector] as const))('agrees with recorded span %i', (_, vector) => {
    const calendar = compileCalendar(vector.calendar);
    const from = Date.parse(vector.from);
    expect(openMsBetween(calendar, from, Date.parse(vector.to))).toBe(vector.openSeconds * 1000);
    expect(new Date(addOpenMs(calendar, from, vector.promiseSeconds * 1000)).toISOString()).toBe(
      new Date(vector.due).toISOString(),
    );
  });

  // The weeks around a change of the offset; Lord Howe moves by half an hour, Apia left out a whole day.
  const changes: [string, string][] = [
    ['Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['Europe/Berlin', '2026-10-25T01:00:00Z'],
    ['America/New_York', '2026-03-08T07:00:00Z'],
    ['America/New_York', '2026-11-01T06:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
    ['America/Sao_Paulo', '2018-11-04T03:00:00Z'],
    ['Africa/Casablanca', '2026-02-15T02:00:00Z'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z'],
  ];
  const halfHours = fc.integer({ min: 0, max: 47 });
  const clockTime = (half: number): string =>
    `${String(Math.floor(half / 2)).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}`;
  const anyHours = fc
    .uniqueArray(fc.integer({ min: 0, max: 48 }), { minLength: 2, maxLength: 4 })
    .map((bounds) => bounds.sort((a, b) => a - b))
    .map(
      ([a, b, c, d]) =>
        [
          [a, b],
          [c, d],
        ].filter((pair) => pair[1] !== undefined) as [number, number][],
    )
    .map((pairs) => pairs.map(([opens, closes]) => `${clockTime(opens)}-${clockTime(closes)}`));
  const anyDays = fc.constantFrom('mon-sun', 'sat-mon', 'sun', 'fri-sun', 'mon-fri');

  it.each(changes)('agrees with a walk minute by minute in %s around %s', (zone, change) => {
    const centre = Date.parse(change);
    fc.assert(
      fc.property(
        fc.record({
          spans: anyHours,
          days: anyDays,
          start: fc.integer({ min: -36 * 60, max: 24 * 60 }),
          length: fc.integer({ min: 1, max: 30 * 60 }),
          holidayStep: halfHours,
        }),
        ({ spans, days, start, length, holidayStep }) => {
          const holiday = new Date(centre + (holidayStep - 24) * 12 * hour).toISOString().slice(0, 10);
          const definition = { zone, hours: { [days]: spans }, holidays: [holiday] };
          const calendar = compileCalendar(definition);
          const openAt = openByWallClock(definition);
          const from = centre + start * minute;
          const to = from + length * minute;
          let walked = 0;
          for (let at = from; at < to; at += minute) if (openAt(at)) walked += minute;
          expect(openMsBetween(calendar, from, to)).toBe(walked);
          expect(isOpen(calendar, from)).toBe(openAt(from));
          if (walked > 0) expect(openMsBetween(calendar, from, addOpenMs(calendar, from, walked))).toBe(walked);
        },
      ),
      { numRuns: propertyRuns(40) },
    );
  });

  it('adds what it then measures, and never ends in closed hours', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') }),
        fc.integer({ min: 1, max: 300 * hour }),
        (from, ms) => {
          const due = addOpenMs(berlin, from, ms);
          expect(openMsBetween(berlin, from, due)).toBe(ms);
          expect(isOpen(berlin, due - 1)).toBe(true);
        },
      ),
    );
  });

  it('adds nothing as nothing', () => {
    expect(addOpenMs(berlin, Date.parse('2026-03-07T12:00:00Z'), 0)).toBe(Date.parse('2026-03-07T12:00:00Z'));
  });

  it('ends at closing time, not at the next opening, when a promise is used up exactly', () => {
    const due = addOpenMs(berlin, Date.parse('2026-03-02T10:00:00Z'), hour);
    expect(new Date(due).toISOString()).toBe('2026-03-02T11:00:00.000Z');
  });

  it('opens after a weekend and two holidays', () => {
    const opening = nextOpening(berlin, Date.parse('2026-12-24T17:00:00Z'));
    expect(new Date(opening ?? 0).toISOString()).toBe('2026-12-29T08:00:00.000Z');
  });

  it('is its own next opening while it is open, and its own next closing while it is closed', () => {
    const [open, closed] = [Date.parse('2026-03-02T10:30:00Z'), Date.parse('2026-03-02T11:30:00Z')];
    expect(nextOpening(berlin, open)).toBe(open);
    expect(nextClosing(berlin, closed)).toBe(closed);
    expect(nextClosing(berlin, open)).toBe(Date.parse('2026-03-02T11:00:00Z'));
  });

  it('joins spans that touch at midnight when it looks for the next closing', () => {
    const nights = compileCalendar({
      zone: 'UTC',
      hours: { fri: ['22:00-24:00'], sat: ['00:00-02:00'] },
      holidays: [],
    });
    expect(nextClosing(nights, Date.parse('2026-03-06T23:00:00Z'))).toBe(Date.parse('2026-03-07T02:00:00Z'));
  });

  it('never closes when it is open all the week, but does on a holiday to come', () => {
    const hours = { 'mon-sun': ['00:00-24:00'] };
    const at = Date.parse('2026-03-06T23:00:00Z');
    expect(nextClosing(compileCalendar({ zone: 'UTC', hours, holidays: [] }), at)).toBeNull();
    expect(nextClosing(compileCalendar({ zone: 'UTC', hours, holidays: ['2026-12-25'] }), at)).toBe(
      Date.parse('2026-12-25'),
    );
  });

  it('counts a repeated hour twice and a missing one never', () => {
    const always = compileCalendar({ zone: 'Europe/Berlin', hours: { sun: ['02:00-03:00'] }, holidays: [] });
    const day = (date: string): number =>
      openMsBetween(always, Date.parse(`${date}T00:00:00Z`), Date.parse(`${date}T12:00:00Z`));
    expect([day('2026-10-25'), day('2026-03-29'), day('2026-04-05')]).toEqual([2 * hour, 0, hour]);
  });

  it.each([
    ['an unknown zone', { zone: 'Europe/Atlantis', hours: { mon: ['09:00-10:00'] }, holidays: [] }, /Europe\/Atlantis/],
    [
      'an unknown weekday',
      { zone: 'UTC', hours: { someday: ['09:00-10:00'] }, holidays: [] },
      /"someday" is no weekday/,
    ],
    [
      'hours that end before they start',
      { zone: 'UTC', hours: { mon: ['10:00-09:00'] }, holidays: [] },
      /hours "10:00-09:00"/,
    ],
    [
      'a holiday that is no date',
      { zone: 'UTC', hours: { mon: ['09:00-10:00'] }, holidays: ['2026-02-30'] },
      /"2026-02-30" is no date/,
    ],
    ['a week without an open hour', { zone: 'UTC', hours: { mon: [] }, holidays: [] }, /must be open/],
  ])('refuses %s, and names it', (_, definition, named) => {
    expect(() => compileCalendar(definition)).toThrow(RangeError);
    expect(() => compileCalendar(definition)).toThrow(named);
  });

  it('takes the hours of a day in any order', () => {
    const monday = Date.parse('2026-03-02T00:00:00Z');
    const calendar = compileCalendar({
      zone: 'UTC',
      hours: { mon: ['15:00-16:00', '09:00-10:00'], 'mon-tue': ['12:00-13:00'] },
      holidays: [],
    });
    expect(nextOpening(calendar, monday)).toBe(monday + 9 * hour);
    expect(addOpenMs(calendar, monday, 90 * minute)).toBe(monday + 12.5 * hour);
  });
});

describe('the words of a calendar', () => {
  it.each([
    ['mon', [1]],
    ['mon-fri', [1, 2, 3, 4, 5]],
    ['sat-mon', [6, 0, 1]],
    ['mon-mon', [1]],
    ['mon-tue-wed', null],
    ['mon-', null],
    ['mon-someday', null],
    ['someday-fri', null],
    ['Mon', null],
    ['', null],
  ])('reads the weekdays of %j', (key, expected) => {
    expect(parseWeekdays(key)).toEqual(expected);
  });

  it.each([
    ['09:00-17:30', { opens: 540, closes: 1050 }],
    ['22:00-24:00', { opens: 1320, closes: 1440 }],
    ['22:00-06:00', null],
    ['09:00-09:00', null],
    ['09:60-11:00', null],
    ['24:00-24:30', null],
    ['9:00-10:00', null],
    ['00:00-24:00', { opens: 0, closes: 1440 }],
    ['09:00-10:60', null],
    ['23:00-24:01', null],
    ['from 09:00-10:00', null],
    ['09:00-10:00 daily', null],
  ])('reads the hours of %j', (text, expected) => {
    expect(parseDayHours(text)).toEqual(expected);
  });

  it.each([
    ['1970-01-02', 1],
    ['2026-02-29', null],
    ['2026-2-9', null],
    ['2026-02', null],
    ['+012026-02-28', null],
    ['2026-02-28', 20_512],
    ['on 2026-02-28', null],
    ['2026-02-28 at night', null],
    ['tomorrow', null],
  ])('reads the date %j', (text, expected) => {
    expect(parseDay(text)).toBe(expected);
  });

  it('knows the local date on both sides of midnight', () => {
    const midnight = Date.parse('2026-06-30T22:00:00Z');
    expect(localDay('Europe/Berlin', midnight) - localDay('Europe/Berlin', midnight - 1)).toBe(1);
    expect(localDay('Europe/Berlin', midnight)).toBe(parseDay('2026-07-01'));
  });
});
