import type { Brought, ClockStart, CycleClock, LeadClocks } from './clock-state.js';
import { isBefore, isPromised, ownStartOf, type PromisedStart } from './judge-clock.js';

/**
 * What a lead that is absorbed at `at` brings along: the earliest promise under which it still waits for its touch, be it its
 * own or one that was brought to it. Null where it waits for none. Whether it had been too late by then is for the survivor
 * to find, which knows the hours that count.
 */
export function promiseOf(clocks: LeadClocks, at: number): ClockStart | null {
  const newest = clocks.cycles.findLast(({ starts }) => starts.length > 0);
  if (newest !== undefined && hasEnded(newest, at)) return null;
  const own = newest === undefined ? [] : newest.starts;
  const brought = (clocks.brought ?? []).map(({ start }) => start);
  const waiting = [...own, ...brought].filter((start) => !wasTouched(clocks, start.at, at));
  return earliest(waiting.filter(isPromised));
}

/**
 * The promise that a cycle takes over from a lead which was absorbed while both waited: the earlier one. Null where it keeps
 * its own, as it does when either had been touched, was too late or had ended by then. A function of the set of what is
 * known of the lead, whose history has the touches of those that it absorbed. `dueOf` tells when a promise would be due.
 */
export function inheritedStart(
  clocks: LeadClocks,
  cycle: CycleClock,
  dueOf: (start: PromisedStart) => number,
): PromisedStart | null {
  const own = ownStartOf(cycle);
  if (own === null || clocks.brought === undefined) return null;
  const earlier = clocks.brought.filter(
    ({ start, at }) =>
      start.at < own.at &&
      isCurrent(clocks, cycle, at) &&
      !hasEnded(cycle, at) &&
      !wasTouched(clocks, start.at, at) &&
      dueOf(own) > at,
  );
  return earliest(
    earlier
      .filter((brought) => isStillOpen(brought, dueOf))
      .map(({ start }) => start)
      .filter(isPromised),
  );
}

function isStillOpen({ start, at }: Brought, dueOf: (start: PromisedStart) => number): boolean {
  return isPromised(start) && dueOf(start) > at;
}

/** The newest cycle that had begun to wait by then. */
function isCurrent({ cycles }: LeadClocks, { cycle }: CycleClock, at: number): boolean {
  const newest = cycles.findLast((one) => {
    const start = ownStartOf(one);
    return start !== null && start.at <= at;
  });
  return newest?.cycle === cycle;
}

function hasEnded({ ends }: CycleClock, at: number): boolean {
  return ends.some((end) => end.why !== 'absorbed' && end.at <= at);
}

function wasTouched({ touches }: LeadClocks, from: number, to: number): boolean {
  return touches.some(({ at }) => from <= at && at <= to);
}

function earliest(starts: readonly PromisedStart[]): PromisedStart | null {
  return starts.reduce<PromisedStart | null>(
    (first, start) => (first === null || isBefore(start, first) ? start : first),
    null,
  );
}
