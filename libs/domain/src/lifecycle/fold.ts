import type {
  AnswerFact,
  Campaign,
  CycleStart,
  Grade,
  NeedsHistory,
  Occurrence,
  PageView,
  FormFill,
} from '../evidence/evidence.js';
import type { Role, StageId, Value } from '../playbook/definition.js';
import type { FactPosition, LeadState } from './lead-state.js';

export interface Actor {
  readonly kind: Role | 'import';
  readonly id?: string;
}

/** A rule that held and the values it saw; `id` may be built in: `implied`, `outcome`, `moved`, `imported`, `identified`, `merged`, `woken-by-signal`, `woken-by-time`, `no-longer-excluded`. */
export interface Criterion {
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface CountedSignal extends Occurrence {
  readonly title?: string;
  readonly intent: string;
  readonly offer?: string;
  readonly topic?: string;
  readonly product?: string;
}

export interface Scores {
  readonly fit: number;
  readonly engagement: number;
  readonly total: number;
  readonly grade: Grade;
  readonly asOf: number;
}

/** The account as conditions saw it; `times` holds the event time of each trait. */
export interface AccountView {
  readonly domain: string | null;
  readonly freeMail: boolean;
  readonly traits: Readonly<Record<string, { readonly value: Value; readonly at: number }>>;
}

/** What a rep receives on entering `mql` and `sql`. */
export interface Handoff {
  readonly source: string | null;
  readonly campaign: string | null;
  readonly reasons: readonly string[];
  readonly signals: readonly CountedSignal[];
  readonly pages: readonly PageView[];
  readonly forms: readonly FormFill[];
  readonly answers: Readonly<Record<string, AnswerFact>>;
  readonly open: readonly { readonly id: string; readonly ask: string }[];
  readonly nextStep: string | null;
  readonly littleContext?: true;
}

/** One stage change with all it was decided on; times in epoch milliseconds. */
export interface StageChange {
  /** 1, 2, 3… per lead; corrections name it. */
  readonly number: number;
  readonly from: StageId;
  readonly to: StageId;
  readonly cycle: number;
  readonly cycleStart: CycleStart;
  readonly at: number;
  readonly decidedAt: number;
  /** Receipt of the fact that completed the criteria; for a computed time the time itself. */
  readonly receivedAt: number;
  readonly behind: FactPosition | null;
  readonly actor: Actor;
  readonly criteria: readonly Criterion[];
  readonly via: string | null;
  readonly reason?: string;
  readonly note?: string;
  readonly wakeAt?: number;
  readonly followUp?: string;
  readonly amount?: number;
  readonly closeDate?: string;
  readonly incomplete?: readonly string[];
  readonly historic?: true;
  readonly owner?: string;
  readonly traits: Readonly<Record<string, Value>>;
  readonly account: AccountView;
  readonly persona: string;
  readonly scores: Scores;
  /** Newest first, at most twenty. */
  readonly signals: readonly CountedSignal[];
  readonly campaign: Campaign | null;
  readonly holds: { readonly slas: readonly string[]; readonly routing: readonly string[] };
  readonly handoff?: Handoff;
}

/** Answers that changed: pre-filled from an event, or given by a person. */
export interface Answered {
  readonly cycle: number;
  readonly answers: Readonly<Record<string, AnswerFact>>;
  readonly actor: Actor;
  readonly at: number;
}

/** A change taken back or re-dated; `corrects` is its number, `stage` where the lead stands now, or the stage re-dated. */
export interface Correction {
  readonly corrects: number;
  readonly cycle: number;
  readonly stage: StageId;
  readonly kind: 'undone' | 're-dated';
  readonly at: number;
  readonly decidedAt: number;
  readonly actor: Actor;
}

/** A report that fits nowhere: it stays on the timeline, with why. */
export interface NotApplied {
  readonly event: string;
  readonly outcome: string;
  readonly stage: StageId;
  readonly why: string;
  readonly at: number;
}

/** What folding one fact, timer or command gave. */
export interface Fold {
  readonly state: LeadState;
  readonly changes: readonly StageChange[];
  readonly answered: Answered | null;
  readonly corrected: readonly Correction[];
  readonly notApplied: readonly NotApplied[];
  /** To be appended to the lead's stored occurrences in the same transaction. */
  readonly newOccurrences: readonly Occurrence[];
  /** Events whose stored occurrences are to be deleted. */
  readonly revoked: readonly string[];
  /** The fact was older than the lead time. */
  readonly late: boolean;
}

/** Why a command was refused; nothing of it is left behind. */
export type Rejection = {
  readonly rejected: RejectionKind;
  readonly detail: string;
  readonly possible: readonly StageId[];
  readonly names: readonly string[];
};

/**
 * `not-possible`: no such move from here (`possible` lists the moves there are). `not-allowed`: not open to this role.
 * `criteria-not-met`: a rule is open to the role but does not hold (`names`: what is missing, in words).
 * `missing-reason`: `names` lists the reasons of that stage. `missing-answers`, `invalid-answers`, `missing-fields`: `names` lists them.
 */
export type RejectionKind =
  | 'not-possible'
  | 'not-allowed'
  | 'criteria-not-met'
  | 'missing-reason'
  | 'missing-answers'
  | 'invalid-answers'
  | 'missing-fields'
  | 'nothing-to-undo';

/** Tells a fold from a request for the lead's stored occurrences and from a refusal. */
export function isFold(result: Fold | NeedsHistory | Rejection): result is Fold {
  return 'state' in result;
}

export function isRejection(result: object): result is Rejection {
  return 'rejected' in result;
}
