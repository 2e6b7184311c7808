import { compileCalendar } from '../src/hours/calendar.js';
import type { SlaTier } from '../src/playbook/definition.js';
import { type CalendarOf, type ClockFold, type ClockInput, fireClock, foldClock } from '../src/sla/clock.js';
import { type ClockStart, type ClockView, type LeadClocks, noClocks } from '../src/sla/clock-state.js';

export const minute = 60_000;
export const hour = 60 * minute;
/** A Wednesday. */
export const nine = Date.parse('2026-03-04T09:00:00Z');

export const office = {
  name: 'office',
  calendar: compileCalendar({ zone: 'UTC', hours: { 'mon-fri': ['09:00-17:00'] }, holidays: [] }),
};
/** Everybody works in the office but the team `remote`, which has no calendar. */
const calendarOf: CalendarOf = ({ team }) => (team === 'remote' ? null : office);

export const hot: SlaTier = {
  id: 'hot',
  firstTouchMs: 10 * minute,
  warnAt: [0.5, 0.8],
  hours: 'always',
  escalate: [
    { at: 1, notify: 'manager' },
    { at: 2, reassign: true },
    { at: 3, page: 'on-call' },
  ],
  cadenceMs: [],
};
export const businessDay: SlaTier = {
  ...hot,
  id: 'day',
  firstTouchMs: 10 * hour,
  warnAt: [],
  hours: 'business',
  escalate: [],
};
const playbook = { name: 'starter', version: 1, hash: 'h' };

export function entering(changes: Partial<ClockStart> & { cycle?: number } = {}): ClockInput {
  const { cycle = 1, ...start } = changes;
  const at = start.at ?? nine;
  return {
    kind: 'start',
    cycle,
    start: { id: `s-${cycle}`, to: 'mql', at, startedAt: at, tier: hot, playbook, historic: false, ...start },
  };
}
export const assigned = (rep = 'ana', cycle = 1): ClockInput => ({
  kind: 'assigned',
  cycle,
  owner: { name: `rep:${rep}`, team: 'inbound', rosterVersion: 1 },
});
export const touched = (at: number, event = `t-${at}`): ClockInput => ({
  kind: 'touch',
  touch: { event, at, kind: 'call', rep: 'ana' },
});
export const aside = (at: number, cycle = 1, id = `e-${at}`): ClockInput => ({
  kind: 'end',
  cycle,
  end: { id, at, why: 'nurture' },
});
/** A promise made at `at` to a lead that was absorbed at `joinedAt`. */
export const brought = (at: number, joinedAt: number, lead = 'other'): ClockInput => ({
  kind: 'brought',
  brought: {
    lead,
    at: joinedAt,
    start: { id: `${lead}-s`, to: 'mql', at, startedAt: at, tier: hot, playbook, historic: false },
  },
});

export type Step = ClockInput | { fire: number };

export function play(...steps: Step[]): ClockFold {
  let clocks = noClocks('lead-1');
  const facts: ClockFold['facts'][number][] = [];
  for (const step of steps) {
    const fold = 'fire' in step ? fireClock(clocks, step.fire, 'complete') : foldClock(clocks, step, calendarOf);
    // What is stored is JSON; a fold must not depend on anything that JSON loses.
    clocks = JSON.parse(JSON.stringify(fold.clocks)) as LeadClocks;
    facts.push(...fold.facts);
  }
  return { clocks, facts };
}

export const kinds = (fold: ClockFold): string[] => fold.facts.map(({ kind }) => kind);
export const clockOf = (fold: ClockFold, cycle = 1): ClockView | null =>
  fold.clocks.cycles.find((one) => one.cycle === cycle)?.shown ?? null;
