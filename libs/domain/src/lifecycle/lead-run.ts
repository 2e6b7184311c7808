import { stageScope } from '../evidence/evidence-view.js';
import type { Evidence, NeedsHistory, Occurrence } from '../evidence/evidence.js';
import { isEvidence, startCycle } from '../evidence/start-cycle.js';
import type { Playbook, Scope, StageId } from '../playbook/definition.js';
import type { Actor, Correction, Criterion, Fold, NotApplied, StageChange, Answered } from './fold.js';
import type { Aside, EnteredStage, FactPosition, LeadState } from './lead-state.js';
import { stageChange } from './stage-change.js';
import { isAside } from './stage-moves.js';

/** When something is decided: at which lead time, by which wall clock, on a fact received when. */
export interface Moment {
  readonly at: number;
  readonly decidedAt: number;
  readonly receivedAt: number;
  readonly behind: FactPosition | null;
}

/**
 * The folding of one fact, timer or command in progress: the one mutable thing of the lifecycle, created and dropped within
 * one call. `state` is replaced, never changed. With `rehearsal` changes are counted, but not written out.
 */
export interface LeadRun {
  readonly playbook: Playbook;
  /** Every stored occurrence that a fold asked for, this fact's own included; null before it asked. */
  history: readonly Occurrence[] | null;
  readonly rehearsal: boolean;
  state: LeadState;
  moment: Moment;
  readonly changes: StageChange[];
  readonly corrected: Correction[];
  changed: number;
  answered: Answered | null;
  readonly notApplied: NotApplied[];
  needs: NeedsHistory | null;
}

/** What a change says beside where it leads. */
export interface Entry {
  readonly to: StageId;
  readonly actor: Actor;
  readonly criteria: readonly Criterion[];
  readonly via: string | null;
  readonly reason?: string;
  readonly aside?: Aside;
  readonly note?: string;
  readonly followUp?: string;
  readonly owner?: string;
  readonly incomplete?: readonly string[];
}

export const system: Actor = { kind: 'system' };

export function beginRun(
  playbook: Playbook,
  state: LeadState,
  moment: Moment,
  { history = null, rehearsal = false }: { history?: readonly Occurrence[] | null; rehearsal?: boolean } = {},
): LeadRun {
  const results = { changes: [], corrected: [], changed: 0, answered: null, notApplied: [], needs: null };
  return { playbook, state, moment, history, rehearsal, ...results };
}

/** The run's outcome, as its caller sees it. */
export function finishRun(run: LeadRun): Fold {
  const { state, changes, corrected, answered, notApplied } = run;
  return { state, changes, corrected, answered, notApplied, newOccurrences: [], revoked: [], late: false };
}

/** Puts the lead into another stage of its current cycle. */
export function enterStage(run: LeadRun, entry: Entry): void {
  const { state, moment } = run;
  const number = state.changes + 1;
  run.changed += 1;
  const entered = { ...entry, from: state.stage, number, ...leadingDeal(state, entry) };
  run.state = {
    ...state,
    stage: entry.to,
    since: moment.at,
    entered: [...state.entered, enteredStage(entry.to, number, moment)],
    aside: isAside(entry.to) ? (entry.aside ?? null) : null,
    followUp: entry.followUp ?? null,
    waitingExits: [],
    changes: number,
    undo: null,
    evidence: atLeadTime(state.evidence, moment.at),
  };
  if (!run.rehearsal) {
    run.changes.push(stageChange(run.playbook, run.state, { ...entered, moment }));
  }
}

function enteredStage(stage: StageId, change: number, { at, receivedAt }: Moment): EnteredStage {
  return { stage, at, change, ...(receivedAt === at ? {} : { receivedAt }) };
}

/** Starts the next cycle at `start` with the lead in `lead`. False when stored occurrences are needed: nothing has happened. */
export function enterNextCycle(
  run: LeadRun,
  start: { readonly at: number | null; readonly event?: string },
  entry: Omit<Entry, 'to'>,
): boolean {
  const { evidence } = run.state;
  const next = startCycle(run.playbook, evidence, { ...start, cycle: evidence.cycles.length + 1 }, run.history);
  if (!isEvidence(next)) {
    run.needs = next;
    return false;
  }
  run.state = { ...run.state, evidence: next, entered: [], deal: {} };
  enterStage(run, { ...entry, to: 'lead' });
  return true;
}

export function hasEntered(state: LeadState, stage: StageId): boolean {
  return state.entered.some((entered) => entered.stage === stage);
}

/** What stage conditions see at the run's moment. */
export function scopeOf(run: LeadRun): Scope {
  return stageScope(run.playbook, run.state.evidence, { now: run.moment.at, stage: run.state.stage });
}

export function atLeadTime(evidence: Evidence, at: number): Evidence {
  return evidence.leadTime !== null && evidence.leadTime >= at ? evidence : { ...evidence, leadTime: at };
}

/** Amount and closing date are told with the stages they belong to. */
function leadingDeal({ deal }: LeadState, { to }: Entry): { readonly amount?: number; readonly closeDate?: string } {
  if (to !== 'opportunity' && to !== 'customer' && to !== 'lost') {
    return {};
  }
  const { amount, closeDate } = deal;
  return { ...(amount === undefined ? {} : { amount }), ...(closeDate === undefined ? {} : { closeDate }) };
}
