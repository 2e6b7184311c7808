import { evidencePlan } from '../evidence/evidence-plan.js';
import type { Occurrence } from '../evidence/evidence.js';
import type { EntryRule, ExitRule, Playbook, RuledStage, Scope, StageId, StageRule } from '../playbook/definition.js';
import { enterNextCycle, enterStage, hasEntered, type LeadRun, scopeOf, system } from './lead-run.js';
import type { Aside, LeadState } from './lead-state.js';
import { type AsideStage, forwardStages, isAside, isMove } from './stage-moves.js';

const excludable: readonly StageId[] = ['lead', 'mql', 'accepted', 'sql', 'nurture'];
const defaultQuietMs = 86_400_000;

/**
 * One evaluation at the run's moment (design/playbook.md, section 7): exclusions, wake-up, entries in order, then the exits
 * of the stage reached. `counted` are the signals of the fact just folded. `changedBefore`: the run's changes before this
 * evaluation and the move it belongs to; a stage entered since does not act on its exits yet.
 */
export function evaluateStages(run: LeadRun, counted: readonly Occurrence[], changedBefore: number): void {
  if (run.state.stage === 'visitor' || run.state.historic || isHalf(run.state)) {
    return;
  }
  exclude(run);
  wakeUp(run, counted);
  if (run.needs !== null) {
    return;
  }
  enterForward(run);
  if (run.changed === changedBefore) {
    exit(run);
  }
  if (run.changed > changedBefore) {
    run.state = { ...run.state, waitingExits: exitsHolding(run) };
  }
}

/** A lead decides nothing on half of what is known of it; one that is aside may still be woken. */
function isHalf({ absorbing, stage }: LeadState): boolean {
  return absorbing !== undefined && !isAside(stage);
}

/** Where a lead aside stays until when; `by` decides what may wake it. */
export function asideFor(
  { definition }: Playbook,
  { reason, by, at, to }: { reason: string; by: Aside['by']; at: number; to: AsideStage },
): Aside {
  const listed = definition.reasons.find(({ id }) => id === reason);
  const quietMs = listed?.wakeQuietMs ?? defaultQuietMs;
  return {
    by,
    reason,
    wakeAt: listed?.wakeAfterMs === undefined ? null : at + listed.wakeAfterMs,
    wakesFrom: by === 'person' && to === 'nurture' ? at + quietMs : at,
  };
}

/** Rules that `system` applies by itself, from one stage to another. */
export function systemEntries({ definition }: Playbook, from: StageId, to: RuledStage): readonly EntryRule[] {
  const rules = definition.stages[to]?.enter ?? [];
  return rules.filter((rule) => rule.by.includes('system') && rule.from.includes(from));
}

export function ruleOf({ definition }: Playbook, stage: StageId): StageRule | undefined {
  return definition.stages[stage as RuledStage];
}

export function holds(rule: { readonly when?: { evaluate(scope: Scope): boolean | null } }, scope: Scope): boolean {
  return rule.when === undefined || rule.when.evaluate(scope) === true;
}

export function criterionOf(
  rule: EntryRule | ExitRule,
  scope: Scope,
): { id: string; values: Readonly<Record<string, unknown>> } {
  return { id: rule.id, values: rule.when?.values(scope) ?? {} };
}

function exclude(run: LeadRun): void {
  const { stage, aside, evidence } = run.state;
  const { excluded } = evidence.profile;
  if (excluded !== null && excludable.includes(stage) && !hasEntered(run.state, 'disqualified')) {
    const { reason, id } = excluded;
    const at = run.moment.at;
    const values =
      run.playbook.definition.exclusions.find((exclusion) => exclusion.id === id)?.when.values(scopeOf(run)) ?? {};
    const stays = asideFor(run.playbook, { reason, by: 'exclusion', at, to: 'disqualified' });
    enterStage(run, { to: 'disqualified', actor: system, criteria: [{ id, values }], via: id, reason, aside: stays });
    return;
  }
  if (excluded === null && stage === 'disqualified' && aside?.by === 'exclusion') {
    enterNextCycle(run, evidence.cycles.at(-1) ?? { at: null }, wokenBy('no-longer-excluded'));
  }
}

function wakeUp(run: LeadRun, counted: readonly Occurrence[]): void {
  const { stage, aside } = run.state;
  if (aside === null || !isAside(stage)) {
    return;
  }
  if (aside.wakeAt !== null && aside.wakeAt <= run.moment.at) {
    enterNextCycle(run, { at: run.moment.at }, wokenBy('woken-by-time'));
    return;
  }
  const { signals } = evidencePlan(run.playbook);
  const waking = counted.find(({ signal, at }) => signals.get(signal)?.intent === 'high' && at >= aside.wakesFrom);
  if (stage === 'nurture' && waking !== undefined) {
    enterNextCycle(run, { at: waking.at, event: waking.event }, wokenBy('woken-by-signal'));
  }
}

function wokenBy(reason: string) {
  return { actor: system, criteria: [{ id: reason, values: {} }], via: reason, reason };
}

function enterForward(run: LeadRun): void {
  for (const target of forwardStages) {
    const { stage } = run.state;
    if (!isMove(stage, target) || hasEntered(run.state, target)) {
      continue;
    }
    enterBySystem(run, target, systemEntries(run.playbook, stage, target));
  }
}

function enterBySystem(run: LeadRun, to: RuledStage, rules: readonly EntryRule[]): void {
  if (rules.length === 0) {
    return;
  }
  const scope = scopeOf(run);
  const held = rules.filter((rule) => holds(rule, scope));
  const review = ruleOf(run.playbook, to)?.review;
  if (held.length === 0 || review?.when.evaluate(scope) === true) {
    return;
  }
  enterStage(run, { to, actor: system, criteria: held.map((rule) => criterionOf(rule, scope)), via: held[0]!.id });
}

function exit(run: LeadRun): void {
  const rules = ruleOf(run.playbook, run.state.stage)?.exit ?? [];
  if (rules.length === 0) {
    return;
  }
  const scope = scopeOf(run);
  const holding = rules.filter((rule) => holds(rule, scope));
  const acting = holding.find((rule) => mayExit(run, rule));
  if (acting !== undefined) {
    exitBy(run, acting, scope);
    return;
  }
  const waiting = run.state.waitingExits.filter((id) => holding.some((rule) => rule.id === id));
  if (waiting.length < run.state.waitingExits.length) {
    run.state = { ...run.state, waitingExits: waiting };
  }
}

function mayExit({ state }: LeadRun, { id, to }: ExitRule): boolean {
  return !state.waitingExits.includes(id) && isMove(state.stage, to) && !hasEntered(state, to);
}

function exitBy(run: LeadRun, rule: ExitRule, scope: Scope): void {
  const { to, reason, id } = rule;
  const aside = asideFor(run.playbook, { reason, by: 'system', at: run.moment.at, to });
  enterStage(run, { to, actor: system, criteria: [criterionOf(rule, scope)], via: id, reason, aside });
}

function exitsHolding(run: LeadRun): readonly string[] {
  const rules = ruleOf(run.playbook, run.state.stage)?.exit ?? [];
  if (rules.length === 0) {
    return [];
  }
  const scope = scopeOf(run);
  return rules.filter((rule) => holds(rule, scope)).map(({ id }) => id);
}
