import type { NeedsHistory, Occurrence } from '../evidence/evidence.js';
import { mergeAnswers } from '../evidence/record-answers.js';
import { refreshProfile } from '../evidence/record-profile.js';
import type { Playbook, StageId } from '../playbook/definition.js';
import { applyHeld, dealAfter } from './apply-outcome.js';
import { withSchedule } from './computed-times.js';
import { evaluateStages } from './evaluate-stages.js';
import type { Criterion, Fold } from './fold.js';
import { beginRun, enterNextCycle, enterStage, finishRun, hasEntered, type LeadRun, system } from './lead-run.js';
import { cycleOf, type EnteredStage, type LeadState } from './lead-state.js';
import { isAside, shortestPath } from './stage-moves.js';

/** Whose stage goes on when two leads are one: who is worked on before who was put aside, then who has come further. */
const progress: Readonly<Record<StageId, number>> = {
  visitor: 0,
  lead: 1,
  nurture: 2,
  disqualified: 2,
  lost: 2,
  mql: 3,
  accepted: 4,
  sql: 5,
  opportunity: 6,
  customer: 7,
};

const outcomesKept = 20;

/**
 * Gives a survivor what `lead.events` does not tell of the lead it absorbed: the newest answer to each question, and its
 * stage, where it had come further, as changes of the times at which the absorbed lead had made them. Then the stages
 * are evaluated once, and again where outcomes had to wait for this. What the absorbed lead did arrives as facts under the
 * survivor. `decidedAt`: receipt of the merge.
 */
export function mergeLeads(
  playbook: Playbook,
  survivor: LeadState,
  absorbed: LeadState,
  { decidedAt, history }: { readonly decidedAt: number; readonly history: readonly Occurrence[] | null },
): Fold | NeedsHistory {
  const { behind, historic } = survivor;
  const at = survivor.evidence.leadTime ?? decidedAt;
  const moment = { at, decidedAt, receivedAt: decidedAt, behind };
  const run = beginRun(playbook, awaitedNoMore(survivor, absorbed.id), moment, { history });
  if (absorbed.gone !== 'erased') {
    takeAnswers(run, absorbed);
    run.state = { ...run.state, historic: historic && absorbed.historic };
    takeStage(run, absorbed);
    run.moment = moment;
  }
  const before = historic ? Number.NEGATIVE_INFINITY : 0;
  evaluateStages(run, [], before);
  if (applyHeld(run)) {
    evaluateStages(run, [], before);
  }
  if (run.needs !== null) {
    // More than one cycle may begin here: one request for all.
    return { needs: 'history', signals: Object.keys(survivor.evidence.signals) };
  }
  run.state = withSchedule(run);
  return finishRun(run);
}

function awaitedNoMore(survivor: LeadState, id: string): LeadState {
  const { absorbing, ...rest } = survivor;
  const left = absorbing?.filter((awaited) => awaited !== id) ?? [];
  return left.length === 0 ? rest : { ...rest, absorbing: left };
}

function takeAnswers(run: LeadRun, absorbed: LeadState): void {
  const { evidence } = run.state;
  const merged = mergeAnswers(evidence, absorbed.evidence.answerFacts);
  if (merged === evidence) {
    return;
  }
  const taken = Object.entries(merged.answerFacts).filter(([id, fact]) => evidence.answerFacts[id] !== fact);
  run.state = { ...run.state, evidence: refreshProfile(run.playbook, merged) };
  run.answered = {
    cycle: cycleOf(run.state),
    answers: Object.fromEntries(taken),
    actor: system,
    at: run.moment.at,
  };
}

/** Imported stages come as facts of their own; those are left to them. */
function takeStage(run: LeadRun, absorbed: LeadState): void {
  if (absorbed.historic || progress[absorbed.stage] <= progress[run.state.stage]) {
    return;
  }
  const { moment } = run;
  const from = lineOf(absorbed);
  const joined = { actor: system, criteria: from.map(joinedWith), via: 'merged' };
  if (isAside(run.state.stage)) {
    run.moment = momentOf(run, absorbed.entered[0] ?? { at: moment.at });
    if (!enterNextCycle(run, { at: run.moment.at }, joined)) {
      return;
    }
  }
  if (run.state.gone !== null) {
    run.state = { ...run.state, givenBy: [...from, ...(run.state.givenBy ?? [])] };
  }
  run.state = withDealOf(run.state, absorbed);
  for (const step of stepsOf(absorbed)) {
    run.moment = momentOf({ ...run, moment }, step);
    for (const to of hasEntered(run.state, step.stage) ? [] : shortestPath(run.state.stage, step.stage)) {
      enterStage(run, { ...joined, to, ...(to === absorbed.stage ? standingOf(absorbed) : {}) });
    }
  }
}

/** Whose stage an absorbed lead passes on: its own, before it that of those who gave it theirs in silence. */
function lineOf({ id, givenBy = [] }: LeadState): readonly string[] {
  return [...givenBy, id];
}

function joinedWith(lead: string): Criterion {
  return { id: 'merged', values: { lead } };
}

/** The way that the absorbed lead took in its cycle, without the detours aside that it came back from. */
function stepsOf({ stage, entered }: LeadState): readonly EnteredStage[] {
  return entered.filter((step) => step.stage !== 'lead' && (step.stage === stage || !isAside(step.stage)));
}

/** A lead's changes follow each other in time, and none lies ahead of its evidence. */
function momentOf({ state, moment }: LeadRun, { at, receivedAt = at }: Pick<EnteredStage, 'at' | 'receivedAt'>) {
  const entered = Math.max(state.since ?? at, Math.min(at, moment.at));
  return { ...moment, at: entered, receivedAt };
}

function standingOf({ aside, followUp }: LeadState) {
  return {
    ...(aside === null ? {} : { aside, reason: aside.reason }),
    ...(followUp === null ? {} : { followUp }),
  };
}

/** Outcomes that brought the absorbed lead where it stands have had their effect; they come again as its history. */
function withDealOf(state: LeadState, { deal, outcomes }: LeadState): LeadState {
  const { at } = deal;
  return {
    ...state,
    deal: at === undefined ? { ...state.deal, ...deal } : dealAfter(state.deal, { ...deal, at }),
    outcomes: [...new Set([...state.outcomes, ...outcomes])].slice(-outcomesKept),
  };
}
