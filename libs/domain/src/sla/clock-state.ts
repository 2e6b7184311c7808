import type { SlaTier } from '../playbook/definition.js';
import type { ClockPlan, EscalationAction } from './plan-clock.js';
import type { Touch } from './touch.js';

/** Every clock of one lead and the evidence it is judged from. JSON and bounded: the newest touches and cycles are kept. */
export interface LeadClocks {
  readonly lead: string;
  /** Oldest first, by (event time, event id). */
  readonly touches: readonly Touch[];
  /** By cycle, oldest first. */
  readonly cycles: readonly CycleClock[];
  /** What leads brought along that this one absorbed. */
  readonly brought?: readonly Brought[];
  /** Of an absorbed lead: which goes on in its place, and since when. */
  readonly goesOnAs?: { readonly lead: string; readonly at: number };
}

/** A promise that `lead` waited under when it was absorbed, at `at`. */
export interface Brought {
  readonly lead: string;
  readonly at: number;
  readonly start: ClockStart;
}

export interface CycleClock {
  readonly cycle: number;
  /** The changes of this cycle that may start its clock. */
  readonly starts: readonly ClockStart[];
  /** The changes of this cycle that end it without a touch. */
  readonly ends: readonly ClockEnd[];
  /** The earlier promise of an absorbed lead, which this cycle's clock runs from instead of its own. */
  readonly inherited?: ClockStart;
  /** Who owned the lead first in this cycle: their team's hours count. */
  readonly first: ClockOwner | null;
  readonly owner: string | null;
  /** What `plan` was made of. */
  readonly startId: string | null;
  readonly plan: ClockPlan | null;
  /** How many milestones of the plan have been folded. */
  readonly passed: number;
  /** The clock as last published. */
  readonly shown: ClockView | null;
}

export interface PlaybookName {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
}

/** Entering `mql` or `sql`. */
export interface ClockStart {
  readonly id: string;
  readonly to: 'mql' | 'sql';
  /** Event time of the fact that completed the criteria. */
  readonly at: number;
  /** Its receipt, from which the promise runs; for history the event time again. */
  readonly startedAt: number;
  /** The first tier that held; null when none did: then this starts no clock. */
  readonly tier: SlaTier | null;
  readonly playbook: PlaybookName;
  readonly historic: boolean;
}

export interface ClockEnd {
  readonly id: string;
  readonly at: number;
  readonly why: string;
}

export interface ClockOwner {
  /** `rep:ID` or `team:ID`. */
  readonly name: string;
  readonly team: string | null;
  /** The roster that the team's calendar is read from. */
  readonly rosterVersion: number;
  /** For an owner of imported history: since when, and whether the file names them. */
  readonly history?: { readonly at: number; readonly named: boolean };
}

export type ClockStateName = 'running' | 'warned' | 'paused' | 'met' | 'breached' | 'cancelled';

/** One clock as outsiders see it, times in ms. A broken promise stays `breached`; `metAt` then tells when the touch came. */
export interface ClockView {
  /** `<lead id>:<cycle>`. */
  readonly id: string;
  readonly cycle: number;
  readonly sla: string;
  readonly state: ClockStateName;
  readonly promiseMs: number;
  readonly hours: 'business' | 'always';
  readonly calendar: string | null;
  readonly startedAt: number;
  readonly eventAt: number;
  readonly dueAt: number;
  readonly warnings: readonly { readonly at: number; readonly percent: number }[];
  readonly warnedAt: number | null;
  readonly metAt: number | null;
  readonly breachedAt: number | null;
  readonly cancelledAt: number | null;
  readonly touch: Touch | null;
  readonly owner: string | null;
  readonly playbook: PlaybookName;
  readonly historic: boolean;
}

/** What happened to a clock; `at` is when it is true of, not when it was found. */
export type ClockFact = { readonly at: number; readonly clock: ClockView } & (
  | { readonly kind: 'started' | 'resumed' | 'met' }
  | { readonly kind: 'warned'; readonly percent: number }
  | { readonly kind: 'paused'; readonly until: number }
  | { readonly kind: 'breached'; readonly basis: Basis }
  | { readonly kind: 'escalated'; readonly percent: number; readonly action: EscalationAction }
  | { readonly kind: 'acknowledged'; readonly by: string }
  | { readonly kind: 'corrected'; readonly was: ClockStateName }
  | { readonly kind: 'cancelled'; readonly why: string }
);

/** Whether everything that could still have met the promise had been read when a breach was decided. */
export type Basis = 'complete' | 'incomplete';

/** A lead without clocks. */
export function noClocks(lead: string): LeadClocks {
  return { lead, touches: [], cycles: [] };
}
