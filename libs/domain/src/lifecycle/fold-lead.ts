import { foldEvidence } from '../evidence/fold-evidence.js';
import type { EvidenceFold } from '../evidence/fold-evidence.js';
import type { NeedsHistory, Occurrence } from '../evidence/evidence.js';
import type { Playbook } from '../playbook/definition.js';
import { applyOutcome, holdOutcome } from './apply-outcome.js';
import { foldComputedTimes, withSchedule } from './computed-times.js';
import { evaluateStages } from './evaluate-stages.js';
import type { Fold } from './fold.js';
import { importFact } from './import-history.js';
import type { LeadFact } from './lead-fact.js';
import { beginRun, enterStage, finishRun, type LeadRun, system } from './lead-run.js';
import { cycleOf, type LeadState, newLead } from './lead-state.js';
import { isAside } from './stage-moves.js';

/**
 * Folds one fact of `lead.events` into a lead; pure, and never changes what it was given.
 *
 * Computed times before the fact are folded first, at their due time. A fact older than the lead time is late: the evidence
 * becomes what it would have been, the stages are evaluated once, at the lead time (design/architecture.md, rule 8). So the
 * same log gives the same stages wherever batches are cut. `NeedsHistory`: nothing happened; call again with the stored
 * occurrences. What follows `absorbed` or `erased` has no effect, but that an absorbed lead may still be erased; of an erased one
 * nothing is left but that it was.
 */
export function foldLead(
  playbook: Playbook,
  state: LeadState,
  fact: LeadFact,
  history: readonly Occurrence[] | null,
): Fold | NeedsHistory {
  const run = beginRun(playbook, state, momentOf(state, fact), { history });
  if (fact.kind === 'erased') {
    run.state = { ...newLead(state.id), gone: 'erased' };
  }
  if (run.state.gone !== null) {
    return finishRun(run);
  }
  const late = state.evidence.leadTime !== null && fact.at < state.evidence.leadTime;
  const timesPassed = state.quietUntil !== null && state.quietUntil < fact.at;
  if (timesPassed) {
    foldComputedTimes(run, fact.at);
  }
  const folded = foldEvidence(playbook, run.state.evidence, fact, history);
  if ('needs' in folded) {
    return isAside(run.state.stage) ? { needs: 'history', signals: signalsOf(run.state, folded) } : folded;
  }
  takeEvidence(run, folded);
  const before = run.changed;
  awaitAbsorbed(run, fact);
  const acted = actOn(run, fact, isHistory(state, fact));
  const isNews = acted || folded.changed || timesPassed || comesToLife(state, fact);
  if (isNews || fallsDue(run.state)) {
    evaluateStages(run, folded.counted, comesToLife(state, fact) ? Number.NEGATIVE_INFINITY : before);
    run.state = withSchedule(run);
  }
  if (run.needs !== null) {
    return run.needs;
  }
  return { ...finishRun(run), newOccurrences: folded.newOccurrences, revoked: folded.revoked, late };
}

function momentOf({ evidence, behind }: LeadState, { at, receivedAt, position }: LeadFact) {
  const leadTime = Math.max(at, evidence.leadTime ?? at);
  return { at: leadTime, decidedAt: receivedAt, receivedAt, behind: position ?? behind };
}

/** A late fact may wake a lead that is aside, and the next cycle counts every signal: one request for all. */
function signalsOf({ evidence }: LeadState, { signals }: NeedsHistory): readonly string[] {
  return [...new Set([...Object.keys(evidence.signals), ...signals])];
}

function takeEvidence(run: LeadRun, { evidence, answered, newOccurrences }: EvidenceFold): void {
  run.state = { ...run.state, evidence, behind: run.moment.behind };
  run.history = run.history === null ? null : [...run.history, ...newOccurrences];
  if (Object.keys(answered).length > 0) {
    run.answered = { cycle: cycleOf(run.state), answers: answered, actor: system, at: run.moment.at };
  }
}

/** The lead that this one absorbed has more to give than its facts: `mergeLeads` brings it. */
function awaitAbsorbed(run: LeadRun, fact: LeadFact): void {
  if (fact.kind === 'merged') {
    run.state = { ...run.state, absorbing: [...(run.state.absorbing ?? []), fact.absorbed] };
  }
}

/** What a fact does by itself, before any rule is looked at; true when it may have changed the stage. */
function actOn(run: LeadRun, fact: LeadFact, history: boolean): boolean {
  if (history) {
    importFact(run, fact);
    return true;
  }
  if (run.state.historic) {
    run.state = { ...run.state, historic: false };
  }
  switch (fact.kind) {
    case 'identified':
      return identify(run);
    case 'outcome-recorded':
      if (run.state.absorbing === undefined) {
        return applyOutcome(run, fact);
      }
      holdOutcome(run, fact);
      return false;
    case 'stage-imported':
      run.notApplied.push({
        event: fact.eventId,
        outcome: fact.stage,
        stage: run.state.stage,
        why: 'This cycle is live: its stages are decided by the playbook and by people, not by an import.',
        at: fact.at,
      });
      return false;
    case 'absorbed':
      run.state = { ...run.state, gone: 'absorbed', survivor: fact.survivor };
      return false;
    case 'erased':
      run.state = { ...run.state, gone: 'erased' };
      return false;
    case 'engaged':
    case 'engagement-revoked':
    case 'profile-updated':
    case 'activity-recorded':
    case 'merged':
      return false;
  }
}

/** Imported facts of a lead that no live fact has reached yet. */
function isHistory({ historic, evidence }: LeadState, fact: LeadFact): boolean {
  return (
    fact.historic && (historic || evidence.leadTime === null) && fact.kind !== 'absorbed' && fact.kind !== 'erased'
  );
}

function identify(run: LeadRun): boolean {
  if (run.state.stage !== 'visitor') {
    return false;
  }
  enterStage(run, { to: 'lead', actor: system, criteria: [{ id: 'identified', values: {} }], via: 'identified' });
  return true;
}

function comesToLife(before: LeadState, fact: LeadFact): boolean {
  return before.historic && !fact.historic;
}

function fallsDue({ quietUntil, evidence }: LeadState): boolean {
  return quietUntil !== null && evidence.leadTime !== null && quietUntil <= evidence.leadTime;
}
