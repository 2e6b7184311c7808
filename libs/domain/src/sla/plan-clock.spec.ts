import { describe, expect, it } from '@jest/globals';
import { businessDay, hot, hour, minute, nine, office } from '../../test/clock-steps.js';
import { compileCalendar } from '../hours/calendar.js';
import { type PlanRequest, planClock } from './plan-clock.js';

const plan = (changes: Partial<PlanRequest>) =>
  planClock({ startedAt: nine, tier: businessDay, calendar: office, historic: false, ...changes });
const kindsOf = (changes: Partial<PlanRequest>) => plan(changes).milestones.map(({ kind }) => kind);
const daily = (hours: string) => ({
  name: 'daily',
  calendar: compileCalendar({ zone: 'UTC', hours: { 'mon-sun': [hours] }, holidays: [] }),
});

describe('the plan of a clock', () => {
  it('counts all hours under a tier that says so, whatever the calendar', () => {
    const closed = nine + 9 * hour;
    expect(plan({ startedAt: closed, tier: hot })).toMatchObject({ dueAt: closed + 10 * minute, calendar: null });
  });

  it('counts all hours when the team has no calendar', () => {
    expect(plan({ calendar: null })).toMatchObject({ dueAt: nine + 10 * hour, calendar: null });
  });

  it('does not pause where it never closes', () => {
    expect(kindsOf({ calendar: daily('00:00-24:00') })).toEqual(['breach']);
  });

  it('does not pause when it closes at its due time', () => {
    expect(kindsOf({ startedAt: nine + 6 * hour })).toEqual(['pause', 'resume', 'breach']);
  });

  it('does what falls on the closing hour before it pauses', () => {
    const tier = { ...businessDay, warnAt: [0.2], escalate: [{ at: 0.2, notify: 'manager' }] };
    const steps = ['warn', 'escalate', 'pause', 'resume', 'breach'];
    expect(kindsOf({ startedAt: nine + 6 * hour, tier })).toEqual(steps);
  });

  it('pauses at most two hundred times', () => {
    const kinds = kindsOf({ calendar: daily('09:00-10:00'), tier: { ...businessDay, firstTouchMs: 300 * hour } });
    expect(kinds.filter((kind) => kind === 'pause')).toHaveLength(200);
    expect(kinds.filter((kind) => kind === 'resume')).toHaveLength(200);
  });
});
