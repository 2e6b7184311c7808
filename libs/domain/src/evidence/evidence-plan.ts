import type { Condition, EngagementRule, Playbook, PlaybookDefinition, SignalRule } from '../playbook/definition.js';

/** What a playbook asks of evidence, looked up by signal and rule; computed once per playbook. */
export interface EvidencePlan {
  readonly signals: ReadonlyMap<string, SignalRule>;
  readonly rules: ReadonlyMap<string, EngagementRule>;
  readonly rulesOf: ReadonlyMap<string, readonly EngagementRule[]>;
  /** How many of a signal's newest occurrences a condition can tell apart: one more than it is ever compared with. */
  readonly keep: ReadonlyMap<string, number>;
  readonly carry: boolean;
}

const plans = new WeakMap<Playbook, EvidencePlan>();

export function evidencePlan(playbook: Playbook): EvidencePlan {
  const known = plans.get(playbook);
  if (known !== undefined) {
    return known;
  }
  const plan = makePlan(playbook.definition);
  plans.set(playbook, plan);
  return plan;
}

function makePlan(definition: PlaybookDefinition): EvidencePlan {
  const { rules } = definition.scores.engagement;
  const conditions = countingConditions(definition);
  return {
    signals: new Map(definition.signals.map((signal) => [signal.id, signal])),
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    rulesOf: new Map(definition.signals.map(({ id }) => [id, rules.filter((rule) => rule.signal === id)])),
    keep: new Map(definition.signals.map(({ id }) => [id, keepOf(id, conditions)])),
    carry: definition.stages.lead?.carry === true,
  };
}

/** Conditions that may count occurrences (design/playbook.md, section 2: stages, slas and routing). */
function countingConditions(definition: PlaybookDefinition): Condition[] {
  const ofStages = Object.values(definition.stages).flatMap((stage) => [
    ...stage.enter.map((rule) => rule.when),
    ...stage.exit.map((rule) => rule.when),
    ...stage.motions.map((motion) => motion.when),
    stage.review?.when,
  ]);
  const ofSales = [...definition.slas, ...definition.routing.rules].map((rule) => rule.when);
  return [...ofStages, ...ofSales].filter((condition) => condition !== undefined);
}

function keepOf(signal: string, conditions: readonly Condition[]): number {
  const asked = conditions
    .flatMap((condition) => condition.reads.counts)
    .filter((count) => count.pattern.signals.has(signal))
    .map((count) => Math.ceil(count.atMost) + 1);
  return Math.max(1, ...asked);
}
