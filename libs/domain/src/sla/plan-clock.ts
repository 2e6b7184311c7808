import { type Calendar, addOpenMs, isOpen, nextClosing, nextOpening } from '../hours/calendar.js';
import type { SlaEscalation, SlaTier } from '../playbook/definition.js';

export type EscalationAction = { readonly notify: string } | { readonly reassign: true } | { readonly page: string };

/** A moment at which an untouched clock does something by itself. `percent` is of the promise. */
export type Milestone =
  | { readonly at: number; readonly kind: 'pause'; readonly until: number }
  | { readonly at: number; readonly kind: 'resume' | 'breach' }
  | { readonly at: number; readonly kind: 'warn'; readonly percent: number }
  | { readonly at: number; readonly kind: 'escalate'; readonly percent: number; readonly action: EscalationAction };

/** What a clock promises, fixed when it starts: later changes of roster or owner do not move it. JSON. */
export interface ClockPlan {
  readonly dueAt: number;
  /** Name of the calendar it counts by; null: all hours. */
  readonly calendar: string | null;
  /** In the order in which they happen. */
  readonly milestones: readonly Milestone[];
}

export interface PlanRequest {
  readonly startedAt: number;
  readonly tier: SlaTier;
  readonly calendar: { readonly name: string; readonly calendar: Calendar } | null;
  /** History is judged, not watched: it neither warns, pauses nor escalates. */
  readonly historic: boolean;
}

/** More pauses than any sensible promise has; past them a clock just goes on. */
const maxPauses = 200;

/** Lays out everything that will happen to a clock until it is touched. */
export function planClock({ startedAt, tier, calendar: named, historic }: PlanRequest): ClockPlan {
  const counted = tier.hours === 'business' ? named : null;
  const after = (share: number): number => {
    const ms = Math.round(tier.firstTouchMs * share);
    return counted === null ? startedAt + ms : addOpenMs(counted.calendar, startedAt, ms);
  };
  const dueAt = after(1);
  const breach: Milestone = { at: dueAt, kind: 'breach' };
  const calendar = counted?.name ?? null;
  if (historic) return { dueAt, calendar, milestones: [breach] };
  // What falls on one moment happens in this order: a warning at the closing hour comes before the pause.
  const milestones: Milestone[] = [
    ...tier.warnAt.map((share) => ({ at: after(share), kind: 'warn', percent: percentOf(share) }) as const),
    breach,
    ...tier.escalate.flatMap((step) => escalations(step, after(step.at))),
    ...(counted === null ? [] : pauses(counted.calendar, startedAt, dueAt)),
  ];
  return { dueAt, calendar, milestones: milestones.sort((a, b) => a.at - b.at) };
}

function escalations(step: SlaEscalation, at: number): Milestone[] {
  const percent = percentOf(step.at);
  const actions: EscalationAction[] = [];
  if (step.notify !== undefined) actions.push({ notify: step.notify });
  if (step.reassign === true) actions.push({ reassign: true });
  if (step.page !== undefined) actions.push({ page: step.page });
  return actions.map((action) => ({ at, kind: 'escalate', percent, action }));
}

function pauses(calendar: Calendar, from: number, to: number): Milestone[] {
  const found: Milestone[] = [];
  let at: number | null = isOpen(calendar, from) ? nextClosing(calendar, from) : from;
  while (at !== null && at < to && found.length < 2 * maxPauses) {
    const until = nextOpening(calendar, at);
    if (until === null) break;
    found.push({ at, kind: 'pause', until }, { at: until, kind: 'resume' });
    at = nextClosing(calendar, until);
  }
  return found;
}

function percentOf(share: number): number {
  return Math.round(share * 10_000) / 100;
}
