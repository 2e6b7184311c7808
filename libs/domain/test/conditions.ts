import { type CompiledCondition, compileCondition } from '../src/conditions/compile-condition.js';
import type { ExpressionFault } from '../src/conditions/parse-expression.js';
import { createPatternTable, type LabelledSignal } from '../src/conditions/pattern-table.js';
import type { DeclaredNames, Place } from '../src/conditions/places.js';
import type { Condition } from '../src/playbook/definition.js';

const signals: readonly LabelledSignal[] = [
  { id: 'demo-request', intent: 'high', offer: 'demo', title: 'Asked for a demo' },
  { id: 'pricing-view', intent: 'high' },
  { id: 'download', intent: 'medium', offer: 'guide', topic: 'security' },
  { id: 'unsubscribed', intent: 'negative', offer: 'guide' },
];

const names: DeclaredNames = {
  traits: { seats: 'number', plan: 'text', renewal: 'date', tags: 'list', 'account.tier': 'text' },
  answers: { budget: 'choice', timelineDays: 'days', 'decision-path': 'text', topics: 'choices', approved: 'yes-no' },
};

interface Options {
  readonly place?: Place;
  readonly decaying?: boolean;
}

/** The condition compiled, or its faults. */
export function tryCondition(
  text: string,
  { place = 'stage', decaying = true }: Options = {},
): CompiledCondition | { faults: readonly ExpressionFault[] } {
  return compileCondition(text, { place, names, patterns: createPatternTable(signals), decaying });
}

/** The condition compiled; a fault in it is an error of the test. */
export function conditionOf(text: string, options: Options = {}): Condition {
  const compiled = tryCondition(text, options);
  if ('faults' in compiled) throw new Error(`${text}: ${JSON.stringify(compiled.faults)}`);
  return compiled.condition;
}

/** The faults of a condition that must not compile. */
export function faultsOf(text: string, options: Options = {}): readonly ExpressionFault[] {
  const compiled = tryCondition(text, options);
  return 'faults' in compiled ? compiled.faults : [];
}
