import type { ASTNode } from '@marcbachmann/cel-js';
import type { Scope, Value } from '../playbook/definition.js';
import { type ComparisonOperator, oppositeOf } from './compare-values.js';
import type { CompileContext } from './compile-context.js';
import { compileNode } from './compile-expression.js';
import type { PatternTable } from './pattern-table.js';
import { missingInSum } from './sum-words.js';
import { asComparison, asPath, asTextLiteral } from './syntax.js';

/** What explaining a condition needs: the scope it is judged under and the names of signals. */
export interface Explaining {
  readonly scope: Scope;
  readonly context: CompileContext;
  readonly patterns: PatternTable;
}

/**
 * What is missing until the condition holds, in plain words with the distance (`one more high-intent action`,
 * `engagement 25 of 30`); empty when it holds.
 */
export function missingWords(ast: ASTNode, explaining: Explaining): readonly string[] {
  return [...new Set(missingFor(ast, true, explaining))];
}

/** What is missing until the node is `wanted`. */
function missingFor(node: ASTNode, wanted: boolean, explaining: Explaining): readonly string[] {
  if (valueOf(node, explaining) === wanted) return [];
  if (node.op === '&&' || node.op === '||') return missingInChain(node, node.args, { wanted, explaining });
  if (node.op === '!_') return missingFor(node.args, !wanted, explaining);
  if (node.op === '?:') return missingInChoice(node.args, wanted, explaining);
  const sum = explaining.context.sums.get(node);
  if (sum !== undefined && explaining.scope.evidence !== undefined) {
    return [missingInSum(sum, { wanted, scope: explaining.scope, patterns: explaining.patterns })];
  }
  return [describeLeaf(node, wanted, explaining)];
}

function missingInChain(
  node: ASTNode,
  [left, right]: readonly [ASTNode, ASTNode],
  { wanted, explaining }: { wanted: boolean; explaining: Explaining },
): readonly string[] {
  const sides = [missingFor(left, wanted, explaining), missingFor(right, wanted, explaining)];
  const bothNeeded = (node.op === '&&') === wanted;
  return bothNeeded ? sides.flat() : [sides.map((side) => side.join(' and ')).join(', or ')];
}

function missingInChoice(
  [condition, then, otherwise]: readonly [ASTNode, ASTNode, ASTNode],
  wanted: boolean,
  explaining: Explaining,
): readonly string[] {
  const holds = valueOf(condition, explaining);
  if (typeof holds !== 'boolean') return [`"${source(condition)}" must be known`];
  return missingFor(holds ? then : otherwise, wanted, explaining);
}

function describeLeaf(node: ASTNode, wanted: boolean, explaining: Explaining): string {
  const comparison = asComparison(node);
  if (comparison !== null) return describeComparison(comparison, wanted, explaining);
  if (node.op === 'in') return describeIn(node.args, wanted, explaining);
  // Of functions that stand before no value, `has` alone is yes or no.
  if (node.op === 'call') return `${nameOf(node.args[1][0]!)} must ${wanted ? 'be known' : 'be empty'}`;
  if (node.op === 'rcall') return describeMethod(node, wanted, explaining);
  if (asPath(node) !== null) return `${nameOf(node)} must be ${wanted ? 'yes' : 'no'}${nowWords(node, explaining)}`;
  return `"${source(node)}" must ${wanted ? 'hold' : 'not hold'}`;
}

const comparisonWords: Readonly<Record<ComparisonOperator, string>> = {
  '==': 'must be',
  '!=': 'must not be',
  '<': 'must be less than',
  '<=': 'must be at most',
  '>': 'must be more than',
  '>=': 'must be at least',
};

function describeComparison(
  { op, left, right }: NonNullable<ReturnType<typeof asComparison>>,
  wanted: boolean,
  explaining: Explaining,
): string {
  const needed = wanted ? op : oppositeOf[op];
  if (asTextLiteral(right) === '') return `${nameOf(left)} must ${needed === '!=' ? 'be known' : 'be empty'}`;
  return `${nameOf(left)} ${comparisonWords[needed]} ${wordsOf(right, explaining)}${nowWords(left, explaining)}`;
}

function describeIn([item, list]: readonly [ASTNode, ASTNode], wanted: boolean, explaining: Explaining): string {
  const choices = list.op === 'list' ? list.args.map((entry) => wordsOf(entry, explaining)).join(', ') : nameOf(list);
  if (asPath(item) === null)
    return `${nameOf(list)} must ${wanted ? 'hold' : 'not hold'} ${wordsOf(item, explaining)}${nowWords(list, explaining)}`;
  return `${nameOf(item)} must ${wanted ? 'be one of' : 'be none of'} ${choices}${nowWords(item, explaining)}`;
}

const methodWords: Readonly<Record<string, string>> = {
  contains: 'contain',
  startsWith: 'start with',
  endsWith: 'end with',
  matches: 'match',
};

function describeMethod(node: ASTNode & { op: 'rcall' }, wanted: boolean, explaining: Explaining): string {
  const [name, of, args] = node.args;
  const verb = methodWords[name];
  const path = pathBelow(of);
  if (verb === undefined || path === null) return `"${source(node)}" must ${wanted ? 'hold' : 'not hold'}`;
  return `${nameOf(path)} must ${wanted ? '' : 'not '}${verb} ${wordsOf(args[0]!, explaining)}${nowWords(path, explaining)}`;
}

/** `lead.title` below `lead.title.lower()`, the one function that gives a text. */
function pathBelow(node: ASTNode): ASTNode | null {
  if (node.op === 'rcall') return pathBelow(node.args[1]);
  return asPath(node) === null ? null : node;
}

/** A field as people read it: answers by their id, anything else by its path. */
function nameOf(node: ASTNode): string {
  const path = asPath(node);
  if (path === null) return `"${source(node)}"`;
  return path[0] === 'answers' && path.length > 1 ? `the answer ${path[1]}` : path.join('.').replace(/^score\./, '');
}

function nowWords(node: ASTNode, explaining: Explaining): string {
  const value = valueOf(node, explaining);
  return value === undefined ? ' (not known)' : ` (now ${printed(value)})`;
}

function wordsOf(node: ASTNode, explaining: Explaining): string {
  const value = valueOf(node, explaining);
  return value === undefined || asPath(node) !== null ? nameOf(node) : printed(value);
}

function printed(value: Value): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return Array.isArray(value)
    ? value.map((item: Value) => printed(item)).join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
}

function valueOf(node: ASTNode, { scope, context }: Explaining): Value | undefined {
  return compileNode(node, { ...context, sums: new Map() })(scope);
}

function source(node: ASTNode): string {
  return node.input.slice(node.start, node.end);
}
