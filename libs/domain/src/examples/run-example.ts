import type { Occurrence } from '../evidence/evidence.js';
import { advanceLead } from '../lifecycle/advance-lead.js';
import { answerLead } from '../lifecycle/answer-lead.js';
import { type Fold, isRejection, type Rejection, type StageChange } from '../lifecycle/fold.js';
import { foldLead } from '../lifecycle/fold-lead.js';
import { cycleOf, type LeadState, newLead } from '../lifecycle/lead-state.js';
import type { LeadFact } from '../lifecycle/lead-fact.js';
import { moveLead } from '../lifecycle/move-lead.js';
import type { Example, Playbook } from '../playbook/definition.js';
import { ledgerAt } from '../scoring/ledger.js';
import { scoresAt } from '../scoring/scores.js';
import { compareExpectation, type Difference } from './compare-expectation.js';
import { type ExampleStep, exampleSteps } from './example-facts.js';

export interface ExampleResult {
  readonly name: string;
  readonly passed: boolean;
  readonly differences: readonly Difference[];
  /** Everything that `expect` may name, as it came out. */
  readonly actual: Readonly<Record<string, unknown>>;
}

/** Says who would own a lead after a change, `rep:ID` or `team:ID`; by default the team of the first routing rule that holds. */
export type Route = (change: StageChange) => string | null;

interface Course {
  state: LeadState;
  readonly changes: StageChange[];
  readonly occurrences: Occurrence[];
  readonly refusals: Difference[];
}

/** Runs every example of a playbook (design/playbook.md, section 10). */
export function runExamples(playbook: Playbook, options: { readonly route?: Route } = {}): ExampleResult[] {
  return playbook.definition.examples.map((example) => runExample(playbook, example, options));
}

/** Runs one example with the real engine up to its `now`, computed times included, and compares what it expects. */
export function runExample(
  playbook: Playbook,
  example: Example,
  { route }: { readonly route?: Route } = {},
): ExampleResult {
  const course: Course = { state: newLead('example'), changes: [], occurrences: [], refusals: [] };
  for (const step of exampleSteps(playbook.definition, example)) {
    if (step.at <= example.now) {
      take(playbook, course, step);
    }
  }
  keep(course, advanceLead(playbook, course.state, example.now));
  const actual = outcomeOf(playbook, course, { now: example.now, route: route ?? teamRoute(playbook) });
  const differences = [...course.refusals, ...compareExpectation(example.expect, actual, example.decimals)];
  return { name: example.name, passed: differences.length === 0, differences, actual };
}

function take(playbook: Playbook, course: Course, step: ExampleStep): void {
  switch (step.kind) {
    case 'facts':
      for (const fact of step.facts) {
        keep(course, foldFact(playbook, course, fact));
      }
      return;
    case 'move': {
      const moved = moveLead(playbook, course.state, step.command, step.at);
      judge(course, moved, {
        refused: step.refused,
        move: `move to ${step.command.to} at ${new Date(step.at).toISOString()}`,
      });
      return;
    }
    case 'answers': {
      const answered = answerLead(
        playbook,
        course.state,
        { answers: step.answers, by: step.by, actorId: step.by },
        step.at,
      );
      judge(course, answered, { refused: false, move: `answers at ${new Date(step.at).toISOString()}` });
      return;
    }
  }
}

function foldFact(playbook: Playbook, course: Course, fact: LeadFact): Fold {
  const folded = foldLead(playbook, course.state, fact, null);
  const complete = 'needs' in folded ? foldLead(playbook, course.state, fact, course.occurrences) : folded;
  if ('needs' in complete) {
    throw new Error(`Folding ${fact.eventId} asked for history that it was given: ${complete.signals.join(', ')}`);
  }
  return complete;
}

function judge(course: Course, result: Fold | Rejection, { refused, move }: { refused: boolean; move: string }): void {
  if (!isRejection(result)) {
    keep(course, result);
  }
  if (isRejection(result) !== refused) {
    const actual = isRejection(result) ? `refused (${result.rejected}): ${result.detail}` : 'accepted';
    course.refusals.push({ path: move, expected: refused ? 'refused' : 'accepted', actual });
  }
}

function keep(course: Course, fold: Fold): void {
  course.state = fold.state;
  course.changes.push(...fold.changes);
  course.occurrences.push(...fold.newOccurrences);
}

function outcomeOf(playbook: Playbook, { state, changes }: Course, { now, route }: { now: number; route: Route }) {
  const scores = scoresAt(playbook, state.evidence, now);
  const ledger = ledgerAt(playbook, state.evidence, now);
  const last = changes.at(-1);
  const handed = changes.findLast(({ to }) => to === 'mql' || to === 'sql');
  const rules = [...playbook.definition.scores.engagement.rules, ...playbook.definition.scores.fit.rules];
  const earned = [...ledger.engagement.entries, ...ledger.fit.entries];
  const awards = rules.map(({ id }) => [id, earned.filter(({ rule }) => rule === id).length] as const);
  const signals = playbook.definition.signals.map(({ id }) => [id, state.evidence.signals[id]?.count ?? 0] as const);
  return {
    stage: state.stage,
    via: last?.via ?? null,
    reason: last?.reason ?? null,
    cycle: cycleOf(state),
    persona: state.evidence.profile.persona,
    fit: scores.fit,
    engagement: scores.engagement,
    total: scores.total,
    grade: scores.grade,
    history: changes.map(({ to }) => to),
    awards: Object.fromEntries(awards),
    signals: Object.fromEntries(signals),
    owner: handed === undefined ? null : route(handed),
    sla: handed?.holds.slas[0] ?? null,
  };
}

function teamRoute({ definition }: Playbook): Route {
  return ({ holds }) =>
    definition.routing.rules.find(({ id }) => id === holds.routing[0])?.to ?? definition.routing.fallback;
}
