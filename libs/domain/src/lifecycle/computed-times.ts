import type { Condition, Scope } from '../playbook/definition.js';
import { evaluateStages, ruleOf, systemEntries } from './evaluate-stages.js';
import { beginRun, hasEntered, type LeadRun, scopeOf } from './lead-run.js';
import type { LeadState } from './lead-state.js';
import { forwardStages, isAside, isMove } from './stage-moves.js';

/**
 * Folds every computed time of the lead before `until` at its due time, earliest first (design/architecture.md, rule 8).
 * One that changes the stage becomes the lead time; one that does not leaves no more than what exit rules remember.
 */
export function foldComputedTimes(run: LeadRun, until: number): void {
  const { moment } = run;
  for (let at = nextTime(run, leadTimeOf(run.state)); at !== null && at < until; at = nextTime(run, at)) {
    run.moment = { ...moment, at, receivedAt: at };
    evaluateStages(run, [], run.changed);
  }
  run.moment = moment;
}

/** The state with the times it has to be looked at again, given no further facts. */
export function withSchedule(run: LeadRun): LeadState {
  const { state, playbook, moment } = run;
  const probe = beginRun(playbook, state, moment, { rehearsal: true });
  let quietUntil: number | null = null;
  for (let at = nextTime(probe, leadTimeOf(state)); at !== null; at = nextTime(probe, at)) {
    const before = probe.state;
    probe.moment = { ...moment, at, receivedAt: at };
    evaluateStages(probe, [], probe.changed);
    quietUntil ??= probe.state === before ? null : at;
    if (probe.changed > 0) {
      return { ...state, quietUntil, due: at };
    }
  }
  return state.quietUntil === quietUntil && state.due === null ? state : { ...state, quietUntil, due: null };
}

function leadTimeOf({ evidence }: LeadState): number {
  return evidence.leadTime ?? Number.NEGATIVE_INFINITY;
}

/** The first moment after `now` at which some condition of this stage may have another value, or the lead wakes up. */
function nextTime(run: LeadRun, now: number): number | null {
  const { state } = run;
  if (state.stage === 'visitor' || state.historic) {
    return null;
  }
  if (isAside(state.stage)) {
    const wakeAt = state.aside?.wakeAt ?? null;
    return wakeAt !== null && wakeAt > now ? wakeAt : null;
  }
  const conditions = timedConditions(run);
  if (conditions.length === 0) {
    return null;
  }
  const scope: Scope = { ...scopeOf(run), now };
  return conditions.reduce<number | null>((first, condition) => {
    const flip = condition.nextFlip(scope);
    return flip !== null && (first === null || flip < first) ? flip : first;
  }, null);
}

function timedConditions({ playbook, state }: LeadRun): Condition[] {
  const conditions = (ruleOf(playbook, state.stage)?.exit ?? []).map((rule) => rule.when);
  for (const target of forwardStages) {
    if (!isMove(state.stage, target) || hasEntered(state, target)) {
      continue;
    }
    const rules = systemEntries(playbook, state.stage, target);
    const review = ruleOf(playbook, target)?.review;
    conditions.push(
      ...rules.flatMap(({ when }) => when ?? []),
      ...(review === undefined || rules.length === 0 ? [] : [review.when]),
    );
  }
  return conditions.filter((condition) => condition.reads.timed);
}
