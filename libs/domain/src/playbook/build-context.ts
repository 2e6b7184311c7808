import {
  type CompiledCondition,
  compileCondition,
  compileExpression,
  type ExpressionOptions,
} from '../conditions/compile-condition.js';
import type { PatternTable } from '../conditions/pattern-table.js';
import type { DeclaredNames, Place } from '../conditions/places.js';
import { didYouMean } from '../conditions/suggest-name.js';
import type { Condition, Expression } from './definition.js';
import { offsetInSource } from './expression-offset.js';
import type { Located, Spot } from './field-readers.js';
import type { WrittenPlaybook } from './playbook-shape.js';
import type { PointLimits } from './point-limits.js';
import { unreachablePart } from './unreachable-points.js';
import type { YamlSource } from './yaml-source.js';

/** What building a definition needs of the whole file. */
export interface BuildContext {
  readonly source: YamlSource;
  readonly written: WrittenPlaybook;
  readonly names: DeclaredNames;
  readonly patterns: PatternTable;
  readonly decaying: boolean;
  readonly limits: PointLimits;
  /** Teams of the roster, null without a roster at hand. */
  readonly teams: readonly string[] | null;
}

/** Stands for a condition that could not be compiled; a definition with faults is never handed out. */
export const faulty: Condition = {
  text: '',
  evaluate: () => null,
  nextFlip: () => null,
  values: () => ({}),
  missing: () => [],
  reads: { fields: new Set(), answers: false, timed: false, counts: [], since: [] },
};

/** Compiles a condition where one is written; faults point into the expression. */
export function buildCondition(
  written: Located<string> | undefined,
  place: Place,
  context: BuildContext,
): Condition | undefined {
  if (written === undefined) return undefined;
  const compiled = compileCondition(written.value, optionsOf(place, context));
  if ('faults' in compiled) {
    for (const { offset, message } of compiled.faults) reportInside(written, { offset, message }, context);
    return faulty;
  }
  reportUnreachable(written, compiled, context);
  return compiled.condition;
}

/** Compiles an expression that yields a value. */
export function buildExpression(
  written: Located<string> | undefined,
  place: Place,
  context: BuildContext,
): Expression | undefined {
  if (written === undefined) return undefined;
  const compiled = compileExpression(written.value, optionsOf(place, context));
  if ('expression' in compiled) return compiled.expression;
  for (const { offset, message } of compiled.faults) reportInside(written, { offset, message }, context);
  return undefined;
}

/** Notes a name that nothing in the file declares. */
export function refuseUnknown(
  { value, spot }: Located<string>,
  { kind, known }: { kind: string; known: readonly string[] },
  context: BuildContext,
): void {
  const meant = didYouMean(value, known) || (known.length === 0 ? '' : `; known are ${known.join(', ')}`);
  context.source.report(spot, `"${value}" is not ${kind}${meant}`);
}

/** Notes every id that an earlier item of the same list has. */
export function refuseRepeats(items: readonly (Located<string> | undefined)[], source: YamlSource, kind = 'id'): void {
  const seen = new Set<string>();
  for (const item of items) {
    if (item === undefined) continue;
    if (seen.has(item.value))
      source.report(item.spot, `the ${kind} "${item.value}" is used twice in this list; each must be unique`);
    seen.add(item.value);
  }
}

/** The value of what was read; empty where reading it failed, which is a fault already. */
export function textOf(read: Located<string> | undefined): string {
  return read?.value ?? '';
}

function optionsOf(place: Place, { names, patterns, decaying }: BuildContext): ExpressionOptions {
  return { place, names, patterns, decaying };
}

function reportUnreachable(written: Located<string>, { conjuncts }: CompiledCondition, context: BuildContext): void {
  for (const conjunct of conjuncts) {
    const message = unreachablePart(conjunct, context.limits);
    if (message !== null) reportInside(written, { offset: conjunct.node.start, message }, context);
  }
}

function reportInside(
  { spot }: { readonly spot: Spot },
  { offset, message }: { offset: number; message: string },
  { source }: BuildContext,
): void {
  const at = spot.node === null ? spot.offset : offsetInSource(source.text, spot.node, offset);
  source.report({ offset: at, path: spot.path }, message);
}
