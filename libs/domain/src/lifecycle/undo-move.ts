import type { Playbook, Role } from '../playbook/definition.js';
import { withSchedule } from './computed-times.js';
import type { Fold, Rejection } from './fold.js';
import { possibleMoves } from './judge-move.js';
import { beginRun, finishRun } from './lead-run.js';
import { type Aside, cycleOf, type LeadState } from './lead-state.js';
import { refuseGone } from './refuse-gone.js';

const undoWindowMs = 10 * 60_000;

/**
 * Takes back a person's own last move within ten minutes of `now` (epoch ms), in the same cycle: the lead stands where it
 * stood, what it answered stays. A move back to `lead` began a new cycle and cannot be undone, nor one that others followed.
 */
export function undoMove(
  playbook: Playbook,
  state: LeadState,
  command: { readonly by: Role; readonly actorId: string },
  now: number,
): Fold | Rejection {
  const gone = refuseGone(state);
  if (gone !== null) {
    return gone;
  }
  const why = whyNot(state, command.actorId, now);
  if (why !== null || state.undo === null) {
    return { rejected: 'nothing-to-undo', detail: why ?? '', possible: possibleMoves(state), names: [] };
  }
  const { change, before } = state.undo;
  const moment = { at: state.evidence.leadTime ?? now, decidedAt: now, receivedAt: now, behind: state.behind };
  const aside = wakingAfter(before.aside, moment.at);
  const run = beginRun(playbook, { ...state, ...before, aside, undo: null }, moment);
  run.state = withSchedule(run);
  run.corrected.push({
    corrects: change,
    cycle: cycleOf(state),
    stage: before.stage,
    kind: 'undone',
    at: moment.at,
    decidedAt: now,
    actor: { kind: command.by, id: command.actorId },
  });
  return finishRun(run);
}

/** A time to wake up that passed while the lead stood elsewhere comes at the next moment. */
function wakingAfter(aside: Aside | null, at: number): Aside | null {
  const isPast = aside !== null && aside.wakeAt !== null && aside.wakeAt <= at;
  return isPast ? { ...aside, wakeAt: at + 1 } : aside;
}

function whyNot({ undo, changes }: LeadState, actorId: string, now: number): string | null {
  if (undo === null || undo.change !== changes) {
    return 'The last change of this lead is not a move that can be taken back; move it instead.';
  }
  if (undo.actor !== actorId) {
    return 'Only whoever made the move may take it back; move the lead instead.';
  }
  return now - undo.movedAt > undoWindowMs ? 'A move can be taken back for ten minutes; move the lead instead.' : null;
}
