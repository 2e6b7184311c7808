import type { EntryRule, Scope, StageId } from '../playbook/definition.js';
import { criterionOf, holds, ruleOf } from './evaluate-stages.js';
import type { Criterion, Rejection, RejectionKind } from './fold.js';
import { hasEntered, type LeadRun, scopeOf } from './lead-run.js';
import { type LeadState, requirable } from './lead-state.js';
import type { MoveCommand } from './move-command.js';
import { type AsideStage, isAside, isMove, movesFrom } from './stage-moves.js';

type Verdict = Rejection | { readonly criteria: readonly Criterion[] };

const whoMaySetAside: readonly string[] = ['marketing', 'sales', 'manager', 'crm'];
const moved: Criterion = { id: 'moved', values: {} };

/** The moves that lead on from where a lead stands: legal, and not entered in this cycle yet. */
export function possibleMoves(state: LeadState): readonly StageId[] {
  return movesFrom(state.stage).filter((stage) => stage === 'lead' || !hasEntered(state, stage));
}

/** Whether a person may move the lead, its answers and deal being those of the command already; with the criteria met, or why not. */
export function judgeMove(run: LeadRun, command: MoveCommand): Verdict {
  const { state, playbook } = run;
  const { to } = command;
  const unknown = Object.keys(command.answers ?? {}).filter(
    (id) => !playbook.definition.checklist.some((item) => item.id === id),
  );
  if (unknown.length > 0) {
    return reject(state, 'invalid-answers', `The checklist has no ${unknown.join(', ')}.`, unknown);
  }
  if (state.stage === 'visitor' || !possibleMoves(state).includes(to)) {
    return reject(state, 'not-possible', `There is no move from ${state.stage} to ${to} in this cycle.`);
  }
  if (isAside(to) || to === 'lead') {
    return judgeAside(run, command);
  }
  const verdict = judgeForward(run, command);
  return 'rejected' in verdict ? verdict : (judgeCompleteness(run, command) ?? verdict);
}

function judgeAside({ state, playbook }: LeadRun, { to, by, reason }: MoveCommand): Verdict {
  if (!whoMaySetAside.includes(by)) {
    return reject(state, 'not-allowed', `Only ${whoMaySetAside.join(', ')} may move a lead to ${to}.`);
  }
  const listed = playbook.definition.reasons.filter((each) => each.to.includes(to as AsideStage)).map(({ id }) => id);
  if (isAside(to) && (reason === undefined || !listed.includes(reason))) {
    const given = reason === undefined ? 'A reason is required' : `"${reason}" is no reason for ${to}`;
    return reject(state, 'missing-reason', `${given}; give one of: ${listed.join(', ')}.`, listed);
  }
  return { criteria: [moved] };
}

function judgeForward(run: LeadRun, command: MoveCommand): Verdict {
  const { state } = run;
  const { to, by } = command;
  const stage = ruleOf(run.playbook, to);
  const rules = stage?.enter ?? [];
  if (stage === undefined || rules.length === 0) {
    const open = stage?.by?.includes(by) === true;
    return open ? judgeOrigin(run, to, stage?.from) : closedTo(state, by, to);
  }
  const scope = scopeOf(run);
  const reviewed =
    stage.review !== undefined && stage.review.by.includes(by) && stage.review.when.evaluate(scope) === true;
  const open = rules.filter((rule) => reviewed || rule.by.includes(by));
  const here = open.filter((rule) => rule.from.includes(state.stage));
  if (open.length === 0) {
    return closedTo(state, by, to);
  }
  if (here.length === 0) {
    return judgeOrigin(
      run,
      to,
      open.flatMap(({ from }) => from),
    );
  }
  const held = here.filter((rule) => holds(rule, scope));
  return held.length > 0
    ? { criteria: held.map((rule) => criterionOf(rule, scope)) }
    : notMet(run, { command, rules: here }, scope);
}

function judgeOrigin({ state }: LeadRun, to: StageId, from: readonly StageId[] | undefined): Verdict {
  if (from === undefined || from.includes(state.stage)) {
    return { criteria: [moved] };
  }
  const origins = from.filter((origin) => isMove(origin, to));
  return reject(
    state,
    'not-possible',
    `The playbook lets ${to} be entered from ${[...new Set(origins)].join(', ')} only.`,
  );
}

function closedTo(state: LeadState, by: string, to: StageId): Rejection {
  return reject(state, 'not-allowed', `The playbook does not let ${by} move a lead to ${to}.`);
}

/** Names required answers first: they are what the person can do something about. */
function notMet(
  run: LeadRun,
  { command, rules }: { command: MoveCommand; rules: readonly EntryRule[] },
  scope: Scope,
): Rejection {
  const incomplete = judgeCompleteness(run, command);
  if (incomplete !== null) {
    return incomplete;
  }
  const missing = rules.flatMap((rule) => rule.when?.missing(scope) ?? []);
  return reject(run.state, 'criteria-not-met', `No entry rule of ${command.to} holds: ${missing.join('; ')}.`, missing);
}

/** `requires` of the stage, and on entering `sql` every required answer. */
function judgeCompleteness({ state, playbook }: LeadRun, { to, by, followUp }: MoveCommand): Rejection | null {
  const { evidence } = state;
  const known: Readonly<Record<string, unknown>> = {
    ...requirable(state),
    ...(followUp === undefined ? {} : { followUp }),
  };
  const fields = (ruleOf(playbook, to)?.requires ?? []).filter((name) => isBlank(known[name]));
  if (fields.length > 0) {
    return reject(state, 'missing-fields', `Moving to ${to} needs ${fields.join(', ')}.`, fields);
  }
  const asked = to === 'sql' && by !== 'system' ? playbook.definition.checklist.filter(({ required }) => required) : [];
  const open = asked.filter(({ id }) => isBlank(evidence.answers[id])).map(({ id }) => id);
  return open.length > 0
    ? reject(state, 'missing-answers', `Moving to ${to} needs answers to ${open.join(', ')}.`, open)
    : null;
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function reject(state: LeadState, rejected: RejectionKind, detail: string, names: readonly string[] = []): Rejection {
  return { rejected, detail, possible: possibleMoves(state), names };
}
