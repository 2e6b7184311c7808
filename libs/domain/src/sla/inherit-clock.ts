import type { ClockInput } from './clock.js';
import type { ClockView, CycleClock, LeadClocks } from './clock-state.js';
import { startOf, stopOf } from './judge-clock.js';

/**
 * What a lead that waits for its touch takes over of one that it absorbed and that waited too: the earlier promise. Null
 * where there is none, or where either of them has been touched or was too late already.
 */
export function inheritedStart(survivor: LeadClocks, absorbed: LeadClocks): ClockInput | null {
  const own = newest(survivor);
  const other = newest(absorbed);
  if (own === undefined || other === undefined || !isWaiting(own.shown) || !waitedToTheEnd(absorbed, other))
    return null;
  const [mine, theirs] = [startOf(own), startOf(other)];
  if (mine === null || theirs === null || theirs.at >= mine.at) return null;
  return { kind: 'start', cycle: own.cycle, start: theirs };
}

type ShownClock = CycleClock & { readonly shown: ClockView };

function newest({ cycles }: LeadClocks): ShownClock | undefined {
  return cycles.findLast((cycle): cycle is ShownClock => cycle.shown !== null);
}

function isWaiting({ metAt, breachedAt, cancelledAt }: ClockView): boolean {
  return metAt === null && breachedAt === null && cancelledAt === null;
}

/** Nothing but the merge stopped it. */
function waitedToTheEnd(clocks: LeadClocks, cycle: ShownClock): boolean {
  const stop = stopOf(clocks, cycle);
  return stop !== null && 'end' in stop && stop.end.why === 'absorbed' && cycle.shown.breachedAt === null;
}
