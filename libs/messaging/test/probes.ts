import type { CrashPoint, Probe } from '../src/crash-point.js';
import { latch, never } from './latch.js';

/** Dies at one visit of a point; dead, it does not reach any other point either. */
export function crashAt(point: CrashPoint, visit: number): { probe: Probe; reached: Promise<void> } {
  const reached = latch();
  let visits = 0;
  let dead = false;
  const probe: Probe = {
    at(here) {
      if (here === point) visits += 1;
      if (!dead && (here !== point || visits < visit)) return undefined;
      dead = true;
      reached.open();
      return never;
    },
  };
  return { probe, reached: reached.opened };
}

/** Acts at the first visit of a point. */
export function onceAt(point: CrashPoint, act: () => Promise<void>): Probe {
  let done = false;
  return {
    at(here) {
      if (here !== point || done) return undefined;
      done = true;
      return act();
    },
  };
}
