import type { Playbook, Role } from '../playbook/definition.js';
import { withSchedule } from './computed-times.js';
import { evaluateStages } from './evaluate-stages.js';
import type { Fold, Rejection } from './fold.js';
import { possibleMoves } from './judge-move.js';
import { finishRun } from './lead-run.js';
import type { LeadState } from './lead-state.js';
import { beginCommand, takeAnswers } from './move-lead.js';
import { refuseGone } from './refuse-gone.js';

/** Answers to the checklist without a move; `by` is the role acted in. */
export interface AnswerCommand {
  readonly answers: Readonly<Record<string, unknown>>;
  readonly by: Role;
  readonly actorId: string;
}

/**
 * Takes a person's answers at `now` (epoch ms), then evaluates the stages: an answer may complete a rule. Values that fit no
 * option are kept beside; a question that the checklist does not have refuses the whole command.
 */
export function answerLead(
  playbook: Playbook,
  state: LeadState,
  command: AnswerCommand,
  now: number,
): Fold | Rejection {
  const gone = refuseGone(state);
  if (gone !== null) {
    return gone;
  }
  const questions = playbook.definition.checklist.map(({ id }) => id);
  const unknown = Object.keys(command.answers).filter((id) => !questions.includes(id));
  if (unknown.length > 0) {
    const detail = `The checklist has no ${unknown.join(', ')}; it asks for ${questions.join(', ')}.`;
    return { rejected: 'invalid-answers', detail, possible: possibleMoves(state), names: unknown };
  }
  const run = beginCommand(playbook, state, now);
  takeAnswers(run, command);
  evaluateStages(run, [], state.historic ? Number.NEGATIVE_INFINITY : run.changed);
  run.state = withSchedule(run);
  return finishRun(run);
}
