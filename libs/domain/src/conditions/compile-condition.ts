import type { ASTNode } from '@marcbachmann/cel-js';
import type { Condition, ConditionReads, Expression, Pattern, Scope } from '../playbook/definition.js';
import { typeOf } from './check-types.js';
import type { CompileContext, Evaluate } from './compile-context.js';
import { compileNode } from './compile-expression.js';
import { durationText } from './duration-words.js';
import { missingWords } from './missing-words.js';
import { nextFlip } from './next-flip.js';
import { type ExpressionFault, parseExpression } from './parse-expression.js';
import type { PatternTable } from './pattern-table.js';
import { type DeclaredNames, type Place, variables, variableTypes } from './places.js';
import type { Term } from './read-sum.js';
import type { SumComparison } from './sum-comparison.js';
import { asPath, chainOf, childrenOf } from './syntax.js';
import { describeType, mayBe, type ValueType } from './value-types.js';

/** Where an expression stands and which names it may use. */
export interface ExpressionOptions {
  readonly place: Place;
  readonly names: DeclaredNames;
  readonly patterns: PatternTable;
  /** Whether the engagement score has a half-life, so that comparisons of it change by themselves. */
  readonly decaying: boolean;
}

/** A condition ready to run, and the operands of its top-level `&&` for further checks. */
export interface CompiledCondition {
  readonly condition: Condition;
  readonly conjuncts: readonly Conjunct[];
}

/** One operand of a top-level `&&`; `sum` where it compares counts, days or scores with a number. */
export interface Conjunct {
  readonly node: ASTNode;
  readonly sum: SumComparison | null;
}

/** Checks and compiles a condition; every fault at once. Never throws. */
export function compileCondition(
  text: string,
  options: ExpressionOptions,
): CompiledCondition | { readonly faults: readonly ExpressionFault[] } {
  const compiled = compile(text, options);
  if ('faults' in compiled) return compiled;
  const { ast, type, evaluate, sums, context } = compiled;
  if (!mayBe(type, 'yes-no')) {
    return {
      faults: [{ offset: ast.start, message: `a condition must be yes or no, but this is ${describeType(type)}` }],
    };
  }
  const moving = [...sums.values()].filter((sum) => sum.moves !== 'never' || sum.windows.length > 0);
  const readers = readersOf(ast, context);
  return {
    condition: {
      text,
      evaluate: (scope) => {
        const holds = evaluate(scope);
        return typeof holds === 'boolean' ? holds : null;
      },
      nextFlip: (scope) => earliestFlip(moving, scope),
      values: (scope) => valuesOf(readers, scope),
      missing: (scope) => missingWords(ast, { scope, context, patterns: options.patterns }),
      reads: readsOf(ast, [...sums.values()], moving.length > 0),
    },
    conjuncts: chainOf(ast, '&&').map((node) => ({ node, sum: sums.get(node) ?? null })),
  };
}

/** Checks and compiles an expression that yields any value; every fault at once. Never throws. */
export function compileExpression(
  text: string,
  options: ExpressionOptions,
): { readonly expression: Expression } | { readonly faults: readonly ExpressionFault[] } {
  const compiled = compile(text, options);
  return 'faults' in compiled ? compiled : { expression: { text, evaluate: compiled.evaluate } };
}

interface Compiled {
  readonly ast: ASTNode;
  readonly type: ValueType;
  readonly evaluate: Evaluate;
  readonly sums: ReadonlyMap<ASTNode, SumComparison>;
  readonly context: CompileContext;
}

function compile(
  text: string,
  { place, names, patterns, decaying }: ExpressionOptions,
): Compiled | { readonly faults: readonly ExpressionFault[] } {
  const parsed = parseExpression(text);
  if ('fault' in parsed) return { faults: [parsed.fault] };
  const faults: ExpressionFault[] = [];
  const types = variableTypes(place, names);
  const type = typeOf(parsed.ast, { place, types, patterns, decaying, locals: new Map(), faults, typeOf });
  if (faults.length > 0) return { faults };
  const sums = new Map<ASTNode, SumComparison>();
  const context: CompileContext = { patterns, decaying, locals: new Map(), sums, compile: compileNode };
  return { ast: parsed.ast, type, evaluate: compileNode(parsed.ast, context), sums, context };
}

function earliestFlip(moving: readonly SumComparison[], { evidence, now }: Scope): number | null {
  if (evidence === undefined) return null;
  let earliest: number | null = null;
  for (const comparison of moving) {
    const flip = nextFlip(comparison, evidence, now);
    if (flip !== null && (earliest === null || flip < earliest)) earliest = flip;
  }
  return earliest;
}

interface Reader {
  readonly name: string;
  readonly evaluate: Evaluate;
}

/** One reader for each field of a lead and each count that the expression mentions. */
function readersOf(ast: ASTNode, context: CompileContext): readonly Reader[] {
  const readers = new Map<string, Reader>();
  const add = (name: string, evaluate: Evaluate) => readers.has(name) || readers.set(name, { name, evaluate });
  for (const path of pathsOf(ast)) add(path.name, compileNode(path.node, context));
  for (const { terms } of context.sums.values()) {
    for (const term of terms) if (term.kind !== 'score') add(nameOfTerm(term), valueOfTerm(term));
  }
  return [...readers.values()];
}

function valuesOf(readers: readonly Reader[], scope: Scope): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const { name, evaluate } of readers) {
    const value = evaluate(scope);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** The longest paths that start at a variable, each with a name such as `event.properties.form`. */
function pathsOf(node: ASTNode): readonly { readonly name: string; readonly node: ASTNode }[] {
  const path = asPath(node);
  if (path !== null && variables.some((variable) => variable === path[0])) return [{ name: path.join('.'), node }];
  return childrenOf(node).flatMap(pathsOf);
}

/** A count or time as it is written in a condition: `seen('intent:high', '14d')`. */
function nameOfTerm(term: Exclude<Term, { kind: 'score' }>): string {
  if (term.kind === 'since') return `daysSince('${term.pattern.text}')`;
  const window = term.withinMs === null ? '' : `, '${durationText(term.withinMs)}'`;
  return `${term.distinct ? 'distinct' : 'seen'}('${term.pattern.text}'${window})`;
}

function valueOfTerm(term: Exclude<Term, { kind: 'score' }>): Evaluate {
  return ({ evidence, now }) => {
    if (evidence === undefined) return undefined;
    if (term.kind === 'count') return evidence[term.distinct ? 'distinct' : 'seen'](term.pattern, term.withinMs, now);
    const last = evidence.last(term.pattern);
    return last === null ? undefined : (now - last) / 86_400_000;
  };
}

function readsOf(ast: ASTNode, sums: readonly SumComparison[], timed: boolean): ConditionReads {
  const fields = new Set(pathsOf(ast).map(({ name }) => name));
  return {
    fields,
    answers: [...fields].some((field) => field === 'answers' || field.startsWith('answers.')),
    timed,
    counts: sums.flatMap(countsOf),
    since: unique(
      sums.flatMap(({ terms }) => terms.filter((term) => term.kind === 'since').map((term) => term.pattern)),
    ),
  };
}

/** Scores and days are never negative, so each count of a sum matters only up to one more than the literal. */
function countsOf({ terms, literal }: SumComparison): ConditionReads['counts'] {
  const atMost = Math.max(1, Math.floor(literal) + 1);
  return terms
    .filter((term) => term.kind === 'count')
    .map(({ pattern, withinMs, distinct }) => ({ pattern, withinMs, distinct, atMost }));
}

function unique(patterns: readonly Pattern[]): readonly Pattern[] {
  return [...new Set(patterns)];
}
