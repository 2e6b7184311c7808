import { stageScope } from '../evidence/evidence-view.js';
import type { Condition, EntryRule, ExitRule, Playbook, Scope, StageId } from '../playbook/definition.js';
import { type Ledger, ledgerAt } from '../scoring/ledger.js';
import { scoresAt } from '../scoring/scores.js';
import { ruleOf } from './evaluate-stages.js';
import { possibleMoves } from './judge-move.js';
import { cycleOf, type LeadState } from './lead-state.js';
import { forwardStages } from './stage-moves.js';

export interface CriterionExplained {
  readonly id: string;
  readonly by: readonly string[];
  readonly holds: boolean;
  /** What is missing until it holds, in words with the distance; null when it holds. */
  readonly missing: string | null;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Something that happens by itself if nothing else does. */
export interface ComputedTime {
  readonly at: string;
  readonly stage: StageId;
  readonly rule: string;
  readonly words: string;
}

/** The shape of `GET /api/leads/{id}/explanation` without the playbook's reference; times are RFC 3339. */
export interface Explanation {
  readonly asOf: string;
  readonly stage: StageId;
  readonly cycle: number;
  readonly persona: string;
  readonly scores: {
    readonly total: number;
    readonly grade: string;
    readonly engagement: { readonly value: number; readonly sum: number; readonly ledger: readonly object[] };
    readonly fit: { readonly value: number; readonly sum: number; readonly ledger: readonly object[] };
  };
  readonly stages: readonly { readonly stage: StageId; readonly criteria: readonly CriterionExplained[] }[];
  readonly exits: readonly { readonly to: StageId; readonly reason: string; readonly criterion: CriterionExplained }[];
  readonly possible: readonly StageId[];
  readonly computed: readonly ComputedTime[];
}

const flipsFollowed = 100;

/** Why a lead stands where it stands at `at` (epoch ms, not before the lead time), what is missing, and what will happen by itself. */
export function explainLead(playbook: Playbook, state: LeadState, at: number): Explanation {
  const now = Math.max(at, state.evidence.leadTime ?? at);
  const scope = stageScope(playbook, state.evidence, { now, stage: state.stage });
  const targets = forwardStages.filter((stage) => possibleMoves(state).includes(stage));
  const { total, grade } = scoresAt(playbook, state.evidence, now);
  return {
    asOf: new Date(now).toISOString(),
    stage: state.stage,
    cycle: cycleOf(state),
    persona: state.evidence.profile.persona,
    scores: { total, grade, ...ledgersOf(ledgerAt(playbook, state.evidence, now)) },
    stages: targets.map((stage) => ({
      stage,
      criteria: rulesInto(playbook, state, stage).map((rule) => explainRule(rule, scope)),
    })),
    exits: exitsOf(playbook, state).map((rule) => ({
      to: rule.to,
      reason: rule.reason,
      criterion: explainRule({ ...rule, by: ['system'] }, scope),
    })),
    possible: possibleMoves(state),
    computed: computedTimes(playbook, state, scope),
  };
}

function ledgersOf({ engagement, fit }: Ledger) {
  const entries = engagement.entries.map((entry) => ({ ...entry, at: new Date(entry.at).toISOString() }));
  return {
    engagement: { value: engagement.value, sum: engagement.sum, ledger: entries },
    fit: { value: fit.value, sum: fit.sum, ledger: fit.entries },
  };
}

function rulesInto(playbook: Playbook, { stage }: LeadState, target: StageId): readonly EntryRule[] {
  return (ruleOf(playbook, target)?.enter ?? []).filter((rule) => rule.from.includes(stage));
}

function exitsOf(playbook: Playbook, { stage }: LeadState): readonly ExitRule[] {
  return ruleOf(playbook, stage)?.exit ?? [];
}

function explainRule({ id, by, when }: Pick<EntryRule, 'id' | 'by' | 'when'>, scope: Scope): CriterionExplained {
  const holds = when === undefined || when.evaluate(scope) === true;
  const missing = holds ? null : when.missing(scope).join('; ');
  return { id, by, holds, missing, values: when?.values(scope) ?? {} };
}

function computedTimes(playbook: Playbook, state: LeadState, scope: Scope): ComputedTime[] {
  const { aside, stage } = state;
  if (aside !== null && aside.wakeAt !== null && !state.historic) {
    const at = new Date(aside.wakeAt).toISOString();
    return [{ at, stage: 'lead', rule: 'woken-by-time', words: `wakes up from ${stage} and starts the next cycle` }];
  }
  const exits = exitsOf(playbook, state).flatMap(({ id, to, when }) => changeOf({ id, stage: to, when }, scope));
  const entries = forwardStages.flatMap((target) =>
    rulesInto(playbook, state, target).flatMap(({ id, when }) =>
      when === undefined ? [] : changeOf({ id, stage: target, when }, scope),
    ),
  );
  return [...exits, ...entries].sort((left, right) => (left.at < right.at ? -1 : 1));
}

/** When a condition comes to hold, or ceases to, if nothing happens. */
function changeOf({ id, stage, when }: { id: string; stage: StageId; when: Condition }, scope: Scope): ComputedTime[] {
  const holds = when.evaluate(scope) === true;
  let at = when.nextFlip(scope);
  for (let flips = 0; at !== null && flips < flipsFollowed; flips += 1) {
    if ((when.evaluate({ ...scope, now: at }) === true) !== holds) {
      const words = holds ? `${id} ceases to hold` : `${id} comes to hold: ${when.missing(scope).join('; ')}`;
      return [{ at: new Date(at).toISOString(), stage, rule: id, words }];
    }
    at = when.nextFlip({ ...scope, now: at });
  }
  return [];
}
