import { recordAnswers } from '../evidence/record-answers.js';
import { refreshProfile } from '../evidence/record-profile.js';
import type { Playbook, Role } from '../playbook/definition.js';
import { foldComputedTimes, withSchedule } from './computed-times.js';
import { asideFor, evaluateStages } from './evaluate-stages.js';
import type { Actor, Criterion, Fold, Rejection } from './fold.js';
import { atLeadTime, beginRun, enterNextCycle, enterStage, finishRun, type LeadRun } from './lead-run.js';
import { cycleOf, type LeadState, type Standing } from './lead-state.js';
import { judgeMove } from './judge-move.js';
import type { MoveCommand } from './move-command.js';
import { refuseGone } from './refuse-gone.js';
import { isAside } from './stage-moves.js';

/**
 * Moves a lead because a person says so, at `now` (epoch ms) or, when that is earlier, at the lead time. Computed times up
 * to then come first. A refused move leaves nothing behind: no answers, no time.
 */
export function moveLead(playbook: Playbook, state: LeadState, command: MoveCommand, now: number): Fold | Rejection {
  const gone = refuseGone(state);
  if (gone !== null) {
    return gone;
  }
  const run = beginCommand(playbook, state, now);
  const stood = standingOf(run.state);
  takeAnswers(run, command);
  run.state = { ...run.state, deal: dealWith(run.state, command) };
  const verdict = judgeMove(run, command);
  if ('rejected' in verdict) {
    return verdict;
  }
  const before = run.changed;
  carryOut(run, command, verdict.criteria);
  if (command.to !== 'lead') {
    const change = run.state.changes;
    run.state = { ...run.state, undo: { change, actor: command.actorId, movedAt: now, before: stood } };
  }
  evaluateStages(run, [], before);
  run.state = withSchedule(run);
  return finishRun(run);
}

/** A run at which a person's command takes effect: computed times up to it are folded, and the cycle is live. */
export function beginCommand(playbook: Playbook, state: LeadState, now: number): LeadRun {
  const at = Math.max(now, state.evidence.leadTime ?? now);
  const run = beginRun(playbook, state, { at, decidedAt: now, receivedAt: now, behind: state.behind });
  if (state.quietUntil !== null && state.quietUntil <= at) {
    foldComputedTimes(run, at + 1);
  }
  run.state = { ...run.state, historic: false, evidence: atLeadTime(run.state.evidence, at) };
  return run;
}

/** Takes what a person answered; what fits no option is kept beside. */
export function takeAnswers(
  run: LeadRun,
  {
    answers,
    by,
    actorId,
  }: { readonly answers?: Readonly<Record<string, unknown>>; readonly by: Role; readonly actorId: string },
): void {
  if (answers === undefined) {
    return;
  }
  const { at } = run.moment;
  const given = { at, event: `person:${actorId}`, by: 'person' as const };
  const { evidence, taken } = recordAnswers(run.playbook, run.state.evidence, answers, given);
  run.state = { ...run.state, evidence: refreshProfile(run.playbook, evidence) };
  if (Object.keys(taken).length > 0) {
    run.answered = { cycle: cycleOf(run.state), answers: taken, actor: { kind: by, id: actorId }, at };
  }
}

function carryOut(run: LeadRun, command: MoveCommand, criteria: readonly Criterion[]): void {
  const { to, by, actorId, reason, note, followUp } = command;
  const actor: Actor = { kind: by, id: actorId };
  // A way forward has criteria, not reasons: one given with it would be counted among those of leads that went aside.
  const told = {
    actor,
    criteria,
    via: criteria[0]?.id ?? null,
    ...(reason === undefined || !(isAside(to) || to === 'lead') ? {} : { reason }),
    ...(note === undefined ? {} : { note }),
    ...(followUp === undefined ? {} : { followUp }),
  };
  if (to === 'lead') {
    returnToLead(run, told);
  } else if (isAside(to)) {
    const aside = asideFor(run.playbook, { reason: reason ?? '', by: 'person', at: run.moment.at, to });
    enterStage(run, { ...told, to, aside });
  } else {
    enterStage(run, { ...told, to });
  }
}

/** The next cycle begins now; where signals of this very millisecond are no longer kept one by one, behind them. */
function returnToLead(run: LeadRun, told: Omit<Parameters<typeof enterStage>[1], 'to'>): void {
  const { at } = run.moment;
  if (!enterNextCycle(run, { at }, told)) {
    run.needs = null;
    enterNextCycle(run, { at: at + 1 }, told);
  }
}

function dealWith({ deal }: LeadState, { amount, closeDate }: MoveCommand): LeadState['deal'] {
  return { ...deal, ...(amount === undefined ? {} : { amount }), ...(closeDate === undefined ? {} : { closeDate }) };
}

function standingOf({ stage, since, entered, aside, waitingExits, deal, followUp }: LeadState): Standing {
  return { stage, since, entered, aside, waitingExits, deal, followUp };
}
