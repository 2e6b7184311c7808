import type { StageId } from '../playbook/definition.js';
import { dealAfter, targetOf } from './apply-outcome.js';
import { asideFor } from './evaluate-stages.js';
import type { Actor } from './fold.js';
import type { LeadFact } from './lead-fact.js';
import { enterStage, type LeadRun } from './lead-run.js';
import type { EnteredStage, LeadState } from './lead-state.js';
import { isAside, stageOrder } from './stage-moves.js';

const importer: Actor = { kind: 'import' };

interface ImportedStage {
  readonly stage: StageId;
  readonly reason?: string;
  readonly owner?: string;
}

/**
 * Folds a fact of imported history: a cycle is the set of its stages, each at its earliest time, so rows may come in any
 * order and as often as they like. The lead entered `lead` with the earliest of all. A stage found to be earlier is
 * re-dated (`corrected`). No rule of the playbook acts.
 */
export function importFact(run: LeadRun, fact: LeadFact): void {
  run.state = { ...run.state, historic: true };
  recordStage(run, fact, { stage: 'lead' });
  const imported = stageOf(fact);
  if (fact.kind === 'stage-imported' && imported === null) {
    const why = `There is no stage "${fact.stage}"; use one of ${stageOrder.slice(1).join(', ')}.`;
    run.notApplied.push({ event: fact.eventId, outcome: fact.stage, stage: run.state.stage, why, at: fact.at });
  }
  if (fact.kind === 'outcome-recorded') {
    run.state = { ...run.state, deal: dealAfter(run.state.deal, fact) };
  }
  if (imported !== null && imported.stage !== 'lead') {
    recordStage(run, fact, imported);
  }
}

function stageOf(fact: LeadFact): ImportedStage | null {
  if (fact.kind === 'outcome-recorded' && fact.outcome !== 'updated') {
    return { stage: targetOf[fact.outcome], ...(fact.reason === undefined ? {} : { reason: fact.reason }) };
  }
  if (fact.kind !== 'stage-imported') {
    return null;
  }
  const stage = stageOrder.find((known) => known === fact.stage && known !== 'visitor');
  return stage === undefined ? null : { ...fact, stage };
}

function recordStage(run: LeadRun, fact: LeadFact, imported: ImportedStage): void {
  const known = run.state.entered.find(({ stage }) => stage === imported.stage);
  if (known === undefined) {
    enterImported(run, fact, imported);
  } else if (fact.at < known.at) {
    redate(run, fact, known);
  }
}

function enterImported(run: LeadRun, fact: LeadFact, { stage, reason, owner }: ImportedStage): void {
  const { state, moment } = run;
  const entered = { stage, at: fact.at, change: state.changes + 1, ...(reason === undefined ? {} : { reason }) };
  const all = inOrder([...state.entered, entered]);
  const from = all[all.indexOf(entered) - 1]?.stage ?? 'visitor';
  run.moment = { ...moment, at: fact.at };
  run.state = { ...state, stage: from };
  const told = { ...(reason === undefined ? {} : { reason }), ...(owner === undefined ? {} : { owner }) };
  enterStage(run, { to: stage, actor: importer, criteria: [{ id: 'imported', values: {} }], via: 'imported', ...told });
  run.moment = moment;
  run.state = standingIn(run, all);
}

function redate(run: LeadRun, fact: LeadFact, known: EnteredStage): void {
  const { evidence, entered } = run.state;
  run.corrected.push({
    corrects: known.change,
    cycle: evidence.cycles.length,
    stage: known.stage,
    kind: 're-dated',
    at: fact.at,
    decidedAt: run.moment.decidedAt,
    actor: importer,
  });
  run.state = standingIn(run, inOrder(entered.map((each) => (each === known ? { ...known, at: fact.at } : each))));
}

/** The lead stands where it went last. */
function standingIn({ playbook, state }: LeadRun, entered: readonly EnteredStage[]): LeadState {
  const { stage, at, reason = '' } = entered.at(-1)!;
  const aside = isAside(stage) ? asideFor(playbook, { reason, by: 'person', at, to: stage }) : null;
  return { ...state, stage, since: at, entered, aside };
}

function inOrder(entered: readonly EnteredStage[]): readonly EnteredStage[] {
  return [...entered].sort(
    (left, right) => left.at - right.at || stageOrder.indexOf(left.stage) - stageOrder.indexOf(right.stage),
  );
}
