import type { Calendar } from '../hours/calendar.js';
import type {
  Basis,
  Brought,
  ClockEnd,
  ClockFact,
  ClockOwner,
  ClockStart,
  ClockView,
  CycleClock,
  LeadClocks,
} from './clock-state.js';
import { inheritedStart } from './inherit-clock.js';
import { judgeClock, type PromisedStart, startOf, stopOf } from './judge-clock.js';
import { type Milestone, planClock } from './plan-clock.js';
import type { Touch } from './touch.js';

/** One thing that bears on a lead's clocks, from any of the topics, times in ms. */
export type ClockInput =
  | { readonly kind: 'start'; readonly cycle: number; readonly start: ClockStart }
  | { readonly kind: 'end'; readonly cycle: number; readonly end: ClockEnd }
  /** The lead itself is gone (absorbed by another, or erased): whatever runs ends. */
  | { readonly kind: 'gone'; readonly end: ClockEnd; readonly survivor?: string }
  | { readonly kind: 'brought'; readonly brought: Brought }
  | { readonly kind: 'undone'; readonly cycle: number; readonly corrects: string }
  | { readonly kind: 're-dated'; readonly cycle: number; readonly corrects: string; readonly at: number }
  | { readonly kind: 'assigned'; readonly cycle: number; readonly owner: ClockOwner }
  | { readonly kind: 'touch'; readonly touch: Touch };

/** Finds the calendar of a team by a version of the roster; null when that roster has no such team: then all hours count. */
export type CalendarOf = (owner: ClockOwner) => { readonly name: string; readonly calendar: Calendar } | null;

export interface ClockFold {
  readonly clocks: LeadClocks;
  readonly facts: readonly ClockFact[];
}

/** Bounds of the state: an older touch, or a cycle that is older and waits for nothing, can no longer change a clock. */
const keptTouches = 200;
const keptCycles = 8;

/**
 * Folds one input. The clocks are a function of the set of inputs and of how far milestones were folded: inputs of
 * different topics may come in any order, and a touch that surfaces late corrects what was published.
 */
export function foldClock(clocks: LeadClocks, input: ClockInput, calendarOf: CalendarOf): ClockFold {
  const taken = take(clocks, input);
  const facts: ClockFact[] = [];
  const cycles = taken.cycles.map((cycle) => {
    const planned = plan(taken, cycle, calendarOf);
    const settled = settle(taken, planned);
    facts.push(...settled.facts);
    return settled.cycle;
  });
  return { clocks: { ...taken, cycles }, facts };
}

/** When the next milestone is due, of whichever cycle; null when nothing is. */
export function dueAt(clocks: LeadClocks): number | null {
  let earliest: number | null = null;
  for (const cycle of clocks.cycles) {
    const [next] = pending(clocks, cycle);
    if (next !== undefined && (earliest === null || next.milestone.at < earliest)) earliest = next.milestone.at;
  }
  return earliest;
}

/** Folds every milestone due at `now`. `basis` says whether all facts that could prevent a breach had been read. */
export function fireClock(clocks: LeadClocks, now: number, basis: Basis): ClockFold {
  const facts: ClockFact[] = [];
  const cycles = clocks.cycles.map((cycle) => {
    const due = pending(clocks, cycle).filter(({ milestone }) => milestone.at <= now);
    let fired = cycle;
    for (const [index, { milestone, number }] of due.entries()) {
      const passed = { ...cycle, passed: number + 1 };
      fired = { ...passed, shown: judgeClock(clocks, passed) };
      const rest = due.slice(index + 1);
      if (fired.shown !== null && !isOvertaken(milestone, rest)) facts.push(factOf(milestone, fired.shown, basis));
    }
    if (due.length > 0) facts.push(...withheldStop(fired));
    return fired;
  });
  return { clocks: { ...clocks, cycles }, facts };
}

/** Says that somebody has seen a clock's trouble: only of a clock that still waits for its touch. */
export function acknowledgeClock(
  clocks: LeadClocks,
  cycle: number,
  by: { readonly name: string; readonly at: number },
): ClockFact | 'unknown' | 'over' {
  const clock = clocks.cycles.find((one) => one.cycle === cycle)?.shown;
  if (clock == null) return 'unknown';
  if (isStopped(clock)) return 'over';
  return { kind: 'acknowledged', by: by.name, at: by.at, clock };
}

function take(clocks: LeadClocks, input: ClockInput): LeadClocks {
  switch (input.kind) {
    case 'touch':
      return { ...clocks, touches: withTouch(clocks.touches, input.touch) };
    case 'gone':
      return gone(clocks, input);
    case 'brought':
      return { ...clocks, brought: withBrought(clocks.brought ?? [], input.brought) };
    case 'start':
      return inCycle(clocks, input.cycle, (cycle) => ({ ...cycle, starts: [...cycle.starts, input.start] }));
    case 'end':
      return inCycle(clocks, input.cycle, (cycle) => ({ ...cycle, ends: [...cycle.ends, input.end] }));
    case 'assigned':
      return inCycle(clocks, input.cycle, (cycle) => ({
        ...cycle,
        first: firstOf(cycle.first, input.owner),
        owner: input.owner.name,
      }));
    case 'undone':
      return inCycle(clocks, input.cycle, (cycle) => withoutChange(cycle, input.corrects));
    case 're-dated':
      return inCycle(clocks, input.cycle, (cycle) => reDated(cycle, input.corrects, input.at));
  }
}

function gone(clocks: LeadClocks, { end, survivor }: Extract<ClockInput, { kind: 'gone' }>): LeadClocks {
  const cycles = clocks.cycles.map((cycle) => ({ ...cycle, ends: [...cycle.ends, end] }));
  return { ...clocks, cycles, ...(survivor === undefined ? {} : { goesOnAs: { lead: survivor, at: end.at } }) };
}

/** Each lead brings one promise; when more is known of it, another one takes its place. */
function withBrought(known: readonly Brought[], brought: Brought): readonly Brought[] {
  return [...known.filter(({ lead }) => lead !== brought.lead), brought].slice(-keptCycles);
}

function withTouch(touches: readonly Touch[], touch: Touch): readonly Touch[] {
  if (touches.some(({ event }) => event === touch.event)) return touches;
  return [...touches, touch].sort((a, b) => a.at - b.at || (a.event < b.event ? -1 : 1)).slice(-keptTouches);
}

function inCycle(clocks: LeadClocks, number: number, change: (cycle: CycleClock) => CycleClock): LeadClocks {
  if (clocks.cycles.some(({ cycle }) => cycle === number)) {
    return { ...clocks, cycles: clocks.cycles.map((one) => (one.cycle === number ? change(one) : one)) };
  }
  const fresh = {
    cycle: number,
    starts: [],
    ends: [],
    first: null,
    owner: null,
    startId: null,
    plan: null,
    passed: 0,
    shown: null,
  };
  const cycles = [...clocks.cycles, change(fresh)].sort((a, b) => a.cycle - b.cycle);
  const newest = cycles.length - keptCycles;
  return { ...clocks, cycles: cycles.filter((one, index) => index >= newest || waitsForItsOtherHalf(one)) };
}

/** A promise whose owner has not been read yet, or an owner whose promise has not: one topic is behind the other. */
function waitsForItsOtherHalf(cycle: CycleClock): boolean {
  const start = startOf(cycle);
  return start === null ? cycle.starts.length === 0 && cycle.first !== null : cycle.first === null;
}

/** Live owners come in their order; rows of history in any: an owner the file names goes before one that was filled in. */
function firstOf(first: ClockOwner | null, next: ClockOwner): ClockOwner {
  if (first?.history === undefined || next.history === undefined) return first ?? next;
  if (first.history.named !== next.history.named) return next.history.named ? next : first;
  return next.history.at < first.history.at ? next : first;
}

function withoutChange(cycle: CycleClock, id: string): CycleClock {
  return {
    ...cycle,
    starts: cycle.starts.filter((one) => one.id !== id),
    ends: cycle.ends.filter((one) => one.id !== id),
  };
}

/** History found an earlier time for a change: a historic promise runs from the event time. */
function reDated(cycle: CycleClock, id: string, at: number): CycleClock {
  const starts = cycle.starts.map((one) =>
    one.id === id ? { ...one, at, startedAt: one.historic ? at : one.startedAt } : one,
  );
  return { ...cycle, starts, ends: cycle.ends.map((one) => (one.id === id ? { ...one, at } : one)) };
}

function plan(clocks: LeadClocks, known: CycleClock, calendarOf: CalendarOf): CycleClock {
  const { inherited: _inherited, ...own } = known;
  const { first } = own;
  if (first === null) return { ...own, startId: null, plan: null };
  const planOf = ({ tier, startedAt, historic }: PromisedStart) =>
    planClock({ tier, startedAt, historic, calendar: calendarOf(first) });
  const inherited = inheritedStart(clocks, own, (start) => planOf(start).dueAt);
  const cycle = inherited === null ? own : { ...own, inherited };
  const start = startOf(cycle);
  if (start === null) return { ...cycle, startId: null, plan: null };
  const startId = `${start.id}@${start.startedAt} ${first.team ?? ''}@${first.rosterVersion}`;
  return startId === cycle.startId ? cycle : { ...cycle, startId, plan: planOf(start), passed: 0 };
}

function settle(clocks: LeadClocks, cycle: CycleClock): { cycle: CycleClock; facts: readonly ClockFact[] } {
  const after = judgeClock(clocks, cycle);
  const before = cycle.shown;
  if (before === null) {
    const begun = judgeClock({ ...clocks, touches: [] }, { ...cycle, ends: [] });
    if (begun === null || after === null) return { cycle, facts: [] };
    const started: ClockFact = { kind: 'started', at: begun.startedAt, clock: begun };
    return { cycle: { ...cycle, shown: after }, facts: [started, ...changesOf({ before: begun, after, cycle })] };
  }
  if (after === null) {
    const clock = { ...before, state: 'cancelled', cancelledAt: before.cancelledAt ?? before.startedAt } as const;
    const known = before.state === 'cancelled';
    return {
      cycle: { ...cycle, shown: clock },
      facts: known ? [] : [{ kind: 'cancelled', why: 'undone', at: clock.cancelledAt, clock }],
    };
  }
  return { cycle: { ...cycle, shown: after }, facts: changesOf({ before, after, cycle }) };
}

function changesOf({
  before,
  after,
  cycle,
}: {
  before: ClockView;
  after: ClockView;
  cycle: CycleClock;
}): readonly ClockFact[] {
  const corrected: ClockFact = {
    kind: 'corrected',
    was: before.state,
    at: after.metAt ?? after.cancelledAt ?? after.startedAt,
    clock: after,
  };
  if (promisesAnother(before, after)) return [corrected];
  if (before.breachedAt !== null && after.breachedAt === null) return [corrected];
  if (before.touch?.event === after.touch?.event && before.cancelledAt === after.cancelledAt) return [];
  if (isStopped(before)) return [corrected];
  if (after.metAt !== null) return [{ kind: 'met', at: after.metAt, clock: after }];
  const why = cycle.ends.find((end) => end.at === after.cancelledAt)?.why ?? 'ended';
  return [{ kind: 'cancelled', why, at: after.cancelledAt ?? after.startedAt, clock: after }];
}

function promisesAnother(before: ClockView, after: ClockView): boolean {
  return before.startedAt !== after.startedAt || before.dueAt !== after.dueAt || before.sla !== after.sla;
}

function isStopped({ metAt, cancelledAt }: ClockView): boolean {
  return metAt !== null || cancelledAt !== null;
}

/** The milestones still to come. Once it is known what stopped the clock, only a breach before it still matters. */
function pending(clocks: LeadClocks, cycle: CycleClock): readonly { milestone: Milestone; number: number }[] {
  if (cycle.plan === null) return [];
  const stop = stopOf(clocks, cycle);
  return cycle.plan.milestones.flatMap((milestone, number) => {
    if (number < cycle.passed) return [];
    if (stop !== null && (milestone.kind !== 'breach' || milestone.at >= stop.at)) return [];
    return [{ milestone, number }];
  });
}

/** After standing still, a pause or resumption that another one follows is no news. */
function isOvertaken(milestone: Milestone, rest: readonly { milestone: Milestone }[]): boolean {
  const switches = (kind: Milestone['kind']): boolean => kind === 'pause' || kind === 'resume';
  return switches(milestone.kind) && rest.some((later) => switches(later.milestone.kind));
}

function factOf(milestone: Milestone, clock: ClockView, basis: Basis): ClockFact {
  const { at } = milestone;
  switch (milestone.kind) {
    case 'warn':
      return { kind: 'warned', percent: milestone.percent, at, clock };
    case 'pause':
      return { kind: 'paused', until: milestone.until, at, clock };
    case 'resume':
      return { kind: 'resumed', at, clock };
    case 'breach':
      return { kind: 'breached', basis, at, clock: { ...clock, metAt: null, touch: null, cancelledAt: null } };
    case 'escalate':
      return { kind: 'escalated', percent: milestone.percent, action: milestone.action, at, clock };
  }
}

/** A stop that was withheld behind the breach is told once the breach has been. */
function withheldStop(cycle: CycleClock): readonly ClockFact[] {
  const after = cycle.shown;
  if (after === null) return [];
  return changesOf({ before: { ...after, touch: null, metAt: null, cancelledAt: null }, after, cycle });
}
