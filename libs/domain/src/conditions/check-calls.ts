import type { ASTNode } from '@marcbachmann/cel-js';
import { parseDuration } from '../playbook/parse-duration.js';
import { expectYesNo, refuse, refuseTimed, sourceOf, type TypeContext } from './type-context.js';
import { compilePattern } from './compile-pattern.js';
import {
  allowedNames,
  type CountingFunction,
  countingFunctions,
  describePlace,
  isAllowed,
  variables,
} from './places.js';
import { didYouMean } from './suggest-name.js';
import { asTextLiteral } from './syntax.js';
import { any, describeType, mayBe, number, text, type ValueType, yesNo } from './value-types.js';

const textTests = ['contains', 'startsWith', 'endsWith'] as const;
const methods = [...textTests, 'matches', 'lower', 'size', 'exists', 'all'];
const refusedMacros = ['map', 'filter', 'exists_one', 'existsOne'];

/** Checks `has(…)`, `size(…)` and refuses what is no function; counts are refused here, they belong into comparisons. */
export function checkCall(node: ASTNode, name: string, args: readonly ASTNode[], context: TypeContext): ValueType {
  const counting = countingFunctions.find((known) => known === name);
  if (counting !== undefined) return refuseCount(node, counting, context);
  if (name === 'has') return checkHas(node, args, context);
  if (name === 'size') {
    if (args.length !== 1)
      return refuse(context, node, 'size takes one text, list or map, as in size(account.technologies)');
    return checkSize(args[0]!, context);
  }
  if (methods.includes(name)) return refuse(context, node, `write ${name} behind a value, as in lead.title.${name}(…)`);
  const known = ['has', 'size', ...allowedNames(context.place).filter((allowed) => isCounting(allowed))];
  return refuse(
    context,
    node,
    `"${name}" is not a function${didYouMean(name, known) || `; functions are ${[...known, ...methods].join(', ')}`}`,
  );
}

/** Checks place and arguments of `seen`, `distinct`, `daysSince`: a literal pattern and, for counts, a literal window. */
export function checkCounting(
  node: ASTNode,
  [name, args]: readonly [string, readonly ASTNode[]],
  context: TypeContext,
): void {
  if (!isAllowed(name as CountingFunction, context.place)) {
    refuseCount(node, name as CountingFunction, context);
    return;
  }
  const most = name === 'daysSince' ? 1 : 2;
  if (args.length < 1 || args.length > most) {
    const window = most === 2 ? ", or with a window, seen('demo-request', '14d')" : '';
    refuse(context, node, `${name} takes a pattern, as in ${name}('intent:high')${window}`);
    return;
  }
  checkPatternArgument(args[0]!, name, context);
  if (args[1] !== undefined) checkWindowArgument(args[1], name, context);
}

/** Checks a function called on a value: `lead.title.contains('VP')`, `account.technologies.exists(t, …)`. */
export function checkMethod(
  node: ASTNode,
  [name, of, args]: readonly [string, ASTNode, readonly ASTNode[]],
  context: TypeContext,
): ValueType {
  if (name === 'exists' || name === 'all') return checkMacro(node, [name, of, args], context);
  if (refusedMacros.includes(name))
    return refuse(context, node, `${name} is not part of playbook conditions; use exists or all`);
  if (!methods.includes(name)) {
    return refuse(
      context,
      node,
      `"${name}" is not a function of values${didYouMean(name, methods) || `; these are ${methods.join(', ')}`}`,
    );
  }
  if (args.length > 0 && (name === 'size' || name === 'lower'))
    return refuse(context, node, `${name}() takes nothing between its brackets`);
  if (name === 'size') return checkSize(of, context);
  expectText(of, context, name);
  if (name === 'lower') return text;
  if (args.length !== 1) return refuse(context, node, `${name} takes one text, as in ${sourceOf(of)}.${name}('…')`);
  if (name === 'matches') checkPattern(args[0]!, context);
  else expectText(args[0]!, context, name);
  return yesNo;
}

function isCounting(name: string): boolean {
  return countingFunctions.some((known) => known === name);
}

function refuseCount(node: ASTNode, name: CountingFunction, context: TypeContext): ValueType {
  if (isAllowed(name, context.place)) {
    refuseTimed(node, context);
    return number;
  }
  const allowed = allowedNames(context.place).join(', ');
  return refuse(context, node, `${name} cannot be used in ${describePlace(context.place)}, which may use ${allowed}`);
}

function checkHas(node: ASTNode, args: readonly ASTNode[], context: TypeContext): ValueType {
  const field = args[0];
  if (args.length !== 1 || field?.op !== '.') {
    const hint = field?.op === '[]' ? `; write ${sourceOf(field.args[1])} in ${sourceOf(field.args[0])}` : '';
    return refuse(context, node, `has takes one field, as in has(lead.title)${hint}`);
  }
  if (field.args[0].op === 'id' && field.args[0].args === 'score') context.typeOf(field.args[0], context);
  else context.typeOf(field, context);
  return yesNo;
}

function checkSize(of: ASTNode, context: TypeContext): ValueType {
  const type = context.typeOf(of, context);
  const hasSize = type.kind === 'any' || type.kind === 'text' || type.kind === 'list' || type.kind === 'map';
  if (!hasSize)
    refuse(
      context,
      of,
      `size counts the characters of a text or the items of a list, but "${sourceOf(of)}" is ${describeType(type)}`,
    );
  return number;
}

function checkMacro(
  node: ASTNode,
  [name, of, args]: readonly [string, ASTNode, readonly ASTNode[]],
  context: TypeContext,
): ValueType {
  const [item, body] = args;
  if (args.length !== 2 || item?.op !== 'id' || body === undefined) {
    return refuse(
      context,
      node,
      `${name} takes a name and a condition, as in account.technologies.${name}(t, t.startsWith('k'))`,
    );
  }
  const type = context.typeOf(of, context);
  if (type.kind !== 'list' && type.kind !== 'map' && type.kind !== 'any') {
    return refuse(context, of, `${name} goes through a list, but "${sourceOf(of)}" is ${describeType(type)}`);
  }
  if (variables.some((known) => known === item.args))
    return refuse(context, item, `"${item.args}" already means something; choose another name`);
  const itemType = type.kind === 'list' ? type.of : type.kind === 'map' ? text : any;
  expectYesNo(body, { ...context, locals: new Map([...context.locals, [item.args, itemType]]) }, name);
  return yesNo;
}

function expectText(node: ASTNode, context: TypeContext, of: string): void {
  const type = context.typeOf(node, context);
  if (!mayBe(type, 'text'))
    refuse(context, node, `${of} works on texts, but "${sourceOf(node)}" is ${describeType(type)}`);
}

function checkPattern(node: ASTNode, context: TypeContext): void {
  const written = asTextLiteral(node);
  if (written === null) {
    refuse(context, node, "matches takes a pattern written out, as in matches(r'\\bvp\\b')");
    return;
  }
  const pattern = compilePattern(written);
  if (typeof pattern === 'string') refuse(context, node, pattern);
}

function checkPatternArgument(node: ASTNode, name: string, context: TypeContext): void {
  const written = asTextLiteral(node);
  const pattern =
    written === null
      ? `${name} takes a pattern written out, as in ${name}('intent:high')`
      : context.patterns.intern(written);
  if (typeof pattern === 'string') refuse(context, node, pattern);
}

function checkWindowArgument(node: ASTNode, name: string, context: TypeContext): void {
  const written = asTextLiteral(node);
  const window =
    written === null
      ? `the window of ${name} is a duration written out, as in ${name}('intent:high', '14d')`
      : parseDuration(written);
  if (typeof window === 'string') refuse(context, node, window);
}
