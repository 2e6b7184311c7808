import { describe, expect, it } from '@jest/globals';
import type { Clock } from '../api/types.js';
import { readClock } from './clock-reading.js';

const started = Date.parse('2026-03-12T09:00:00Z');
const minute = 60_000;

const clock: Clock = {
  id: 'lead:1',
  sla: 'hot',
  state: 'running',
  startedAt: '2026-03-12T09:00:00Z',
  dueAt: '2026-03-12T09:05:00Z',
  metAt: null,
  breachedAt: null,
};

describe('reading a clock', () => {
  it('says what is left, to the second, and how much of the promise has gone', () => {
    expect(readClock(clock, started + minute)).toEqual({
      tone: 'good',
      gone: 0.2,
      short: '4 min left',
      figure: '04:00',
      meaning: 'left for the first touch',
    });
  });

  it('asks for attention once four fifths have gone, or when it was warned', () => {
    expect(readClock(clock, started + 4 * minute).tone).toBe('watch');
    expect(readClock({ ...clock, state: 'warned' }, started + minute).tone).toBe('watch');
  });

  it('is over at the deadline even before the breach has arrived as a fact', () => {
    expect(readClock(clock, started + 5 * minute)).toMatchObject({ tone: 'bad', gone: 1, short: '0 s over' });
    expect(readClock(clock, started + 65 * minute)).toMatchObject({ short: '1 h over', figure: '1 h 00 min' });
  });

  it('stands still outside working hours and says so', () => {
    expect(readClock({ ...clock, state: 'paused' }, started + 2 * minute)).toMatchObject({
      tone: 'quiet',
      short: 'Paused',
    });
  });

  it('tells a promise kept from a touch that came after the deadline', () => {
    const met: Clock = { ...clock, state: 'met', metAt: '2026-03-12T09:03:00Z' };
    expect(readClock(met, started + 9 * minute)).toMatchObject({ tone: 'good', short: 'Touched', figure: '3 min' });
    const late: Clock = { ...met, metAt: '2026-03-12T09:20:00Z', breachedAt: '2026-03-12T09:05:00Z' };
    expect(readClock(late, started + 30 * minute)).toMatchObject({
      tone: 'quiet',
      short: 'Touched late',
      figure: '20 min',
    });
  });
});
