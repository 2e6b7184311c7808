import type { Playbook } from '../playbook/definition.js';
import { asideFor } from './evaluate-stages.js';
import type { Actor } from './fold.js';
import { enterNextCycle, enterStage, type LeadRun } from './lead-run.js';
import { type Deal, type LeadState, type ReportedOutcome, requirable } from './lead-state.js';
import { isAside, shortestPath } from './stage-moves.js';

const unstatedReason = 'unstated-by-crm';
export const targetOf = { created: 'opportunity', won: 'customer', lost: 'lost' } as const;

const crm: Actor = { kind: 'crm' };
const outcomesKept = 20;

/**
 * Takes what a CRM reports: never refused (design/playbook.md, section 7). Stages between are entered at the same time; what
 * fits nowhere is `notApplied`, with why. A repeat of one of the last twenty outcomes has no effect.
 * True when the stage may have changed.
 */
export function applyOutcome(run: LeadRun, fact: ReportedOutcome): boolean {
  const { outcomes } = run.state;
  if (outcomes.includes(fact.eventId)) {
    return false;
  }
  run.state = { ...run.state, outcomes: [...outcomes, fact.eventId].slice(-outcomesKept) };
  const why = whyNotApplied(run.state, fact);
  if (why !== null) {
    const { stage } = run.state;
    run.state = { ...run.state, deal: completeDeal(run.state, fact) };
    run.notApplied.push({ event: fact.eventId, outcome: fact.outcome, stage, why, at: fact.at });
    return false;
  }
  if (fact.outcome === 'updated') {
    run.state = { ...run.state, deal: dealAfter(run.state.deal, fact) };
    return true;
  }
  return enterReported(run, fact, targetOf[fact.outcome]);
}

/** What is reported while a lead waits for what another one hands over is applied behind that: it decides nothing before. */
export function holdOutcome(
  run: LeadRun,
  { eventId, at, receivedAt, outcome, amount, closeDate, reason }: ReportedOutcome,
): void {
  const told = {
    ...(amount === undefined ? {} : { amount }),
    ...(closeDate === undefined ? {} : { closeDate }),
    ...(reason === undefined ? {} : { reason }),
  };
  const held = [...(run.state.held ?? []), { eventId, at, receivedAt, outcome, ...told }];
  run.state = { ...run.state, held };
}

/** Applies what was held back; true when there was something. */
export function applyHeld(run: LeadRun): boolean {
  const { moment } = run;
  const { held, ...rest } = run.state;
  if (held === undefined || rest.absorbing !== undefined) {
    return false;
  }
  run.state = rest;
  for (const outcome of held) {
    run.moment = { ...moment, receivedAt: outcome.receivedAt };
    applyOutcome(run, outcome);
  }
  run.moment = moment;
  return true;
}

function whyNotApplied({ stage }: LeadState, { outcome }: ReportedOutcome): string | null {
  if (stage === 'visitor') {
    return 'Nobody has been identified yet.';
  }
  if (outcome === 'updated') {
    return null;
  }
  if (isAside(stage)) {
    return outcome === 'lost' ? `The lead is in ${stage} already: there is nothing to lose.` : null;
  }
  return shortestPath(stage, targetOf[outcome]).length === 0
    ? `A lead in ${stage} has been there or is beyond it.`
    : null;
}

function enterReported(run: LeadRun, fact: ReportedOutcome, target: 'opportunity' | 'customer' | 'lost'): boolean {
  const implied = { actor: crm, criteria: [{ id: 'implied', values: {} }], via: 'implied' };
  if (isAside(run.state.stage) && !enterNextCycle(run, { at: run.moment.at }, implied)) {
    return true;
  }
  run.state = { ...run.state, deal: dealAfter(run.state.deal, fact) };
  const path = shortestPath(run.state.stage, target);
  for (const stage of path.slice(0, -1)) {
    enterStage(run, { ...implied, to: stage, incomplete: missingOf(run, stage) });
  }
  const reached = { actor: crm, criteria: [{ id: 'outcome', values: { outcome: fact.outcome } }], via: 'outcome' };
  if (target === 'lost') {
    const reason = reasonOf(run.playbook, fact.reason);
    const aside = asideFor(run.playbook, { reason, by: 'person', at: run.moment.at, to: 'lost' });
    const incomplete = reason === unstatedReason ? ['reason'] : [];
    enterStage(run, {
      ...reached,
      to: 'lost',
      reason,
      aside,
      incomplete,
      ...(fact.reason === undefined ? {} : { note: fact.reason }),
    });
    return true;
  }
  enterStage(run, { ...reached, to: target, incomplete: missingOf(run, target) });
  return true;
}

/** A listed reason by its id or by the CRM's own text for it. */
function reasonOf({ definition }: Playbook, text: string | undefined): string {
  const listed = definition.reasons.filter(({ to }) => to.includes('lost'));
  const found = listed.find(({ crm: texts, id }) => text !== undefined && (texts.includes(text) || id === text));
  return found?.id ?? unstatedReason;
}

/** What the playbook requires of a stage, and an amount of every deal, as far as nobody has told. */
function missingOf({ playbook, state }: LeadRun, stage: string): string[] {
  if (stage !== 'opportunity' && stage !== 'customer') {
    return [];
  }
  const known = requirable(state);
  const wanted = new Set(['amount', ...(playbook.definition.stages[stage]?.requires ?? [])]);
  return [...wanted].filter((name) => known[name] === undefined);
}

/** The newer of two tellings of a deal wins, field by field. */
export function dealAfter(
  deal: Deal,
  { at, amount, closeDate }: { at: number; amount?: number; closeDate?: string },
): Deal {
  const told = { ...(amount === undefined ? {} : { amount }), ...(closeDate === undefined ? {} : { closeDate }) };
  return deal.at !== undefined && at < deal.at ? { ...told, ...deal } : { ...deal, ...told, at };
}

/** A report that changes no stage may still tell what was missing of a deal. */
function completeDeal({ stage, deal }: LeadState, fact: ReportedOutcome): Deal {
  const concerns =
    (stage === 'opportunity' && fact.outcome === 'created') || (stage === 'customer' && fact.outcome === 'won');
  return concerns ? { ...dealAfter({}, fact), ...deal } : deal;
}
