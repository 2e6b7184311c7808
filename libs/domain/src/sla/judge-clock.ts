import type { SlaTier } from '../playbook/definition.js';
import type { ClockEnd, ClockStart, ClockStateName, ClockView, CycleClock, LeadClocks } from './clock-state.js';
import type { ClockPlan, Milestone } from './plan-clock.js';
import type { Touch } from './touch.js';

/** What stops a clock: the first touch, or the change that ends the cycle without one, whichever is earlier. */
export type Stop = { readonly at: number; readonly touch: Touch } | { readonly at: number; readonly end: ClockEnd };

export type PromisedStart = ClockStart & { readonly tier: SlaTier };

/** What a cycle's clock starts from: the earlier promise of a lead that was absorbed, else its own. */
export function startOf(cycle: CycleClock): PromisedStart | null {
  const { inherited } = cycle;
  return inherited !== undefined && isPromised(inherited) ? inherited : ownStartOf(cycle);
}

/** The change that starts a cycle's clock: the earliest under which some tier held. */
export function ownStartOf(cycle: CycleClock): PromisedStart | null {
  let first: PromisedStart | null = null;
  for (const start of cycle.starts) {
    if (isPromised(start) && (first === null || isBefore(start, first))) first = start;
  }
  return first;
}

/** What stops the clock of a cycle, as far as is known. A touch at the very moment of the end still counts. */
export function stopOf(clocks: LeadClocks, cycle: CycleClock): Stop | null {
  const start = startOf(cycle);
  if (start === null) return null;
  const touch = clocks.touches.find((one) => one.at >= start.at);
  const end = cycle.ends.reduce<ClockEnd | null>(
    (first, one) => (first === null || one.at < first.at ? one : first),
    null,
  );
  if (touch !== undefined && (end === null || touch.at <= end.at)) return { at: touch.at, touch };
  return end === null ? null : { at: end.at, end };
}

/**
 * The clock of a cycle from its evidence and the milestones folded so far; null before its start and its first owner are
 * both known. A stop after the due time is withheld until the breach is folded: an earlier touch may still be on its way.
 */
export function judgeClock(clocks: LeadClocks, cycle: CycleClock): ClockView | null {
  const start = startOf(cycle);
  const { plan } = cycle;
  if (start === null || plan === null) return null;
  const { stop, breached } = outcomeOf(clocks, cycle, plan);
  const touch = stop !== null && 'touch' in stop ? stop.touch : null;
  return {
    id: `${clocks.lead}:${cycle.cycle}`,
    cycle: cycle.cycle,
    sla: start.tier.id,
    state: breached ? 'breached' : stateOf(cycle, plan, stop),
    promiseMs: start.tier.firstTouchMs,
    hours: start.tier.hours,
    calendar: plan.calendar,
    startedAt: start.startedAt,
    eventAt: start.at,
    dueAt: plan.dueAt,
    warnings: warningsOf(plan),
    warnedAt: warnedAt(cycle, plan, stop),
    metAt: touch?.at ?? null,
    breachedAt: breached ? plan.dueAt : null,
    cancelledAt: stop !== null && 'end' in stop ? stop.at : null,
    touch,
    owner: cycle.owner,
    playbook: start.playbook,
    historic: start.historic,
  };
}

function outcomeOf(clocks: LeadClocks, cycle: CycleClock, plan: ClockPlan): { stop: Stop | null; breached: boolean } {
  const found = stopOf(clocks, cycle);
  const inTime = found !== null && found.at <= plan.dueAt;
  const due = plan.milestones.slice(0, cycle.passed).some(({ kind }) => kind === 'breach');
  return { stop: inTime || due ? found : null, breached: due && !inTime };
}

export function isPromised(start: ClockStart): start is PromisedStart {
  return start.tier !== null;
}

export function isBefore(one: ClockStart, other: ClockStart): boolean {
  if (one.at !== other.at) return one.at < other.at;
  return one.to === other.to ? one.id < other.id : one.to === 'mql';
}

function stateOf(cycle: CycleClock, plan: ClockPlan, stop: Stop | null): ClockStateName {
  if (stop !== null) return 'touch' in stop ? 'met' : 'cancelled';
  const folded = plan.milestones.slice(0, cycle.passed);
  if (folded.at(-1)?.kind === 'pause') return 'paused';
  return folded.some(({ kind }) => kind === 'warn') ? 'warned' : 'running';
}

function warningsOf(plan: ClockPlan): { at: number; percent: number }[] {
  return plan.milestones.flatMap((one) => (one.kind === 'warn' ? [{ at: one.at, percent: one.percent }] : []));
}

/** Once it is known when a clock stopped, whether it was warned before follows from that alone, not from when timers ran. */
function warnedAt(cycle: CycleClock, plan: ClockPlan, stop: Stop | null): number | null {
  const seen = (one: Milestone, index: number): boolean => (stop === null ? index < cycle.passed : one.at < stop.at);
  return plan.milestones.find((one, index) => one.kind === 'warn' && seen(one, index))?.at ?? null;
}
