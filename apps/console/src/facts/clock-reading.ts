import type { Clock } from '../api/types.js';
import { countdown, span } from '../time/words.js';

export interface ClockReading {
  tone: 'good' | 'watch' | 'bad' | 'quiet';
  /** Share of the promised time that has gone, 0 to 1. */
  gone: number;
  /** For a row: `4 min left`, `2 h over`. */
  short: string;
  /** For the detail, to the second while it matters. */
  figure: string;
  /** What the figure means. */
  meaning: string;
}

/**
 * What a clock says at `now` (epoch ms, server time). A clock past its deadline reads as over even before the breach
 * has arrived as a fact; a touch is what stops it, so nothing here depends on the stage.
 */
export function readClock(clock: Clock, now: number): ClockReading {
  const started = Date.parse(clock.startedAt);
  const due = Date.parse(clock.dueAt);
  const gone = Math.min(1, Math.max(0, (now - started) / Math.max(1, due - started)));
  if (clock.state === 'met') return met(clock, started);
  if (clock.state === 'cancelled')
    return { tone: 'quiet', gone: 0, short: 'No clock', figure: '–', meaning: 'Cancelled: the lead went aside' };
  if (clock.state === 'paused') {
    return {
      tone: 'quiet',
      gone,
      short: 'Paused',
      figure: 'Paused',
      meaning: 'Outside working hours; it runs on when the team is back',
    };
  }
  const left = due - now;
  if (left <= 0 || clock.state === 'breached') {
    return {
      tone: 'bad',
      gone: 1,
      short: `${span(-left)} over`,
      figure: countdown(left),
      meaning: 'over the promised first touch',
    };
  }
  const tone = clock.state === 'warned' || gone >= 0.8 ? 'watch' : 'good';
  return { tone, gone, short: `${span(left)} left`, figure: countdown(left), meaning: 'left for the first touch' };
}

function met(clock: Clock, started: number): ClockReading {
  const took = clock.metAt ? Date.parse(clock.metAt) - started : 0;
  const late = clock.breachedAt !== null;
  return {
    tone: late ? 'quiet' : 'good',
    gone: 0,
    short: late ? 'Touched late' : 'Touched',
    figure: span(took),
    meaning: late ? 'to the first touch, after the deadline' : 'to the first touch, promise kept',
  };
}
