import type { ASTNode } from '@marcbachmann/cel-js';
import { checkCall, checkCounting, checkMethod } from './check-calls.js';
import { asComparison, asNumberLiteral, asTextLiteral } from './syntax.js';
import type { ExpressionFault } from './parse-expression.js';
import { allowedNames, describePlace, isAllowed, type Place, type Variable, variables } from './places.js';
import type { PatternTable } from './pattern-table.js';
import { containsTimedTerm, isTimedTerm, readSum, type Term } from './read-sum.js';
import { didYouMean } from './suggest-name.js';
import { any, describeType, mayBe, mayEqual, number, text, type ValueType, yesNo } from './value-types.js';

/** What the checker of one expression knows, and where it puts the faults. */
export interface TypeContext {
  readonly place: Place;
  readonly types: Readonly<Record<Variable, ValueType>>;
  readonly patterns: PatternTable;
  /** Whether the engagement score of this playbook has a half-life. */
  readonly decaying: boolean;
  /** Variables of the `exists` and `all` around, innermost included. */
  readonly locals: ReadonlyMap<string, ValueType>;
  readonly faults: ExpressionFault[];
}

const greatestCountLiteral = 1000;

/** Notes a fault at a node and answers `any`, so that one fault does not cause others above it. */
export function refuse(context: TypeContext, node: ASTNode, message: string): ValueType {
  context.faults.push({ offset: node.start, message });
  return any;
}

/** The type of an expression; every fault in it is noted in `context.faults`. */
export function typeOf(node: ASTNode, context: TypeContext): ValueType {
  const comparison = asComparison(node);
  if (comparison !== null) return checkComparison(node, comparison, context);
  if (isTimedTerm(node, context) && node.op !== 'call') return refuseTimedScore(node, context);
  switch (node.op) {
    case 'value':
      return typeOfLiteral(node, context);
    case 'id':
      return typeOfName(node, node.args, context);
    case '.':
      return typeOfField(node, node.args[0], node.args[1], context);
    case '[]':
      return typeOfIndex(node, node.args, context);
    case '&&':
    case '||':
      node.args.forEach((side) => expectYesNo(side, context, node.op));
      return yesNo;
    case '!_':
      expectYesNo(node.args, context, '!');
      return yesNo;
    case '?:':
      return typeOfChoice(node.args, context);
    case 'in':
      return checkIn(node.args, context);
    case 'list':
      return typeOfList(node.args, context);
    case 'call':
      return checkCall(node, node.args[0], node.args[1], context);
    case 'rcall':
      return checkMethod(node, node.args, context);
    case '-_':
      return expectNumber(node.args, context, '-');
    case '+':
      return typeOfSum(node, node.args, context);
    case '-':
    case '*':
    case '/':
    case '%':
      node.args.forEach((side) => expectNumber(side, context, node.op));
      return number;
    default:
      return refuse(context, node, 'this kind of expression is not part of playbook conditions; compare fields, texts, numbers and lists');
  }
}

/** Checks an operand that must be yes or no. */
export function expectYesNo(node: ASTNode, context: TypeContext, of: string): void {
  const type = typeOf(node, context);
  if (!mayBe(type, 'yes-no')) refuse(context, node, `${of} needs yes or no here, but "${sourceOf(node)}" is ${describeType(type)}`);
}

/** The text of a node as written. */
export function sourceOf(node: ASTNode): string {
  return node.input.slice(node.start, node.end);
}

/** The refusal of a decaying score outside a comparison with a number. */
function refuseTimedScore(node: ASTNode, context: TypeContext): ValueType {
  return isAllowed('score', context.place) ? refuseTimed(node, context) : typeOfName(node, 'score', context);
}

/** The refusal of a count, a time since or a decaying score outside a comparison with a number. */
export function refuseTimed(node: ASTNode, context: TypeContext): ValueType {
  const source = sourceOf(node);
  return refuse(context, node, `"${source}" changes with time, so it can only be compared with a number, as in ${source} >= 2`);
}

function typeOfLiteral(node: ASTNode, context: TypeContext): ValueType {
  if (typeof node.args === 'string') return text;
  if (typeof node.args === 'number' || typeof node.args === 'bigint') return number;
  if (typeof node.args === 'boolean') return yesNo;
  if (node.args === null) return refuse(context, node, 'null is not used here; write has(lead.title) or !has(lead.title)');
  return refuse(context, node, `"${sourceOf(node)}" is not used here; write a plain number or text`);
}

function typeOfName(node: ASTNode, name: string, context: TypeContext): ValueType {
  const local = context.locals.get(name);
  if (local !== undefined) return local;
  const variable = variables.find((known) => known === name);
  const known = allowedNames(context.place);
  if (variable === undefined) {
    const meant = didYouMean(name, [...known, ...context.locals.keys()]);
    return refuse(context, node, `"${name}" is unknown${meant || `; ${describePlace(context.place)} may use ${known.join(', ')}`}`);
  }
  if (isAllowed(variable, context.place)) return context.types[variable];
  return refuse(context, node, `"${name}" cannot be used in ${describePlace(context.place)}, which may use ${known.join(', ')}`);
}

function typeOfField(node: ASTNode, of: ASTNode, name: string, context: TypeContext): ValueType {
  const type = typeOf(of, context);
  if (type.kind === 'any') return any;
  if (type.kind !== 'map') return refuse(context, node, `"${sourceOf(of)}" is ${describeType(type)} and has no field "${name}"`);
  if (type.fields === null) return any;
  return Object.hasOwn(type.fields, name) ? type.fields[name]! : refuseField(node, { of, name, fields: type.fields }, context);
}

function refuseField(
  node: ASTNode,
  { of, name, fields }: { of: ASTNode; name: string; fields: Readonly<Record<string, ValueType>> },
  context: TypeContext,
): ValueType {
  const owner = sourceOf(of);
  const at = { ...node, start: node.op === '.' ? node.end - name.length : node.start } as ASTNode;
  const meant = didYouMean(name, Object.keys(fields), `${owner}.`);
  const advice: Readonly<Record<string, string>> = {
    lead: `declare it under traits, as ${name}: text`,
    account: `declare it under traits, as account.${name}: text`,
    answers: 'add it to the checklist',
  };
  const kinds: Readonly<Record<string, string>> = { lead: 'a trait of leads', account: 'a trait of accounts', answers: 'a checklist item', row: 'a column of the file' };
  const way = meant || `; ${advice[owner] ?? `known are ${Object.keys(fields).join(', ')}`}`;
  return refuse(context, at, `"${owner}.${name}" is not ${kinds[owner] ?? 'known'}${way}`);
}

function typeOfIndex(node: ASTNode, [of, index]: readonly [ASTNode, ASTNode], context: TypeContext): ValueType {
  const name = asTextLiteral(index);
  const type = typeOf(of, context);
  if (type.kind === 'map' && type.fields !== null) {
    if (name === null) return refuse(context, index, `name the field of "${sourceOf(of)}" as a text, as in ${sourceOf(of)}['name']`);
    return Object.hasOwn(type.fields, name) ? type.fields[name]! : refuseField(node, { of, name, fields: type.fields }, context);
  }
  const indexType = typeOf(index, context);
  if (type.kind === 'list') {
    if (!mayBe(indexType, 'number')) return refuse(context, index, 'a list is indexed by a number, from 0');
    return type.of;
  }
  if (type.kind === 'any' || type.kind === 'map') return any;
  return refuse(context, node, `"${sourceOf(of)}" is ${describeType(type)} and cannot be indexed`);
}

function typeOfChoice([condition, then, otherwise]: readonly [ASTNode, ASTNode, ASTNode], context: TypeContext): ValueType {
  expectYesNo(condition, context, '?:');
  const [left, right] = [typeOf(then, context), typeOf(otherwise, context)];
  if (left.kind === 'any' || right.kind === 'any') return any;
  if (mayEqual(left, right)) return left;
  return refuse(context, otherwise, `both sides of : must be of one type, but one is ${describeType(left)} and the other ${describeType(right)}`);
}

function checkIn([item, list]: readonly [ASTNode, ASTNode], context: TypeContext): ValueType {
  const [itemType, listType] = [typeOf(item, context), typeOf(list, context)];
  if (listType.kind === 'list') {
    if (!mayEqual(itemType, listType.of)) {
      refuse(context, list, `"${sourceOf(item)}" is ${describeType(itemType)} and the list holds ${describeType(listType.of)}, so this never holds`);
    }
  } else if (listType.kind === 'map' ? !mayBe(itemType, 'text') : listType.kind !== 'any') {
    refuse(context, list, `in needs a list on its right side, as in ${sourceOf(item)} in ['a', 'b']`);
  }
  return yesNo;
}

function typeOfList(items: readonly ASTNode[], context: TypeContext): ValueType {
  const types = items.map((item) => typeOf(item, context));
  const first = types[0] ?? any;
  return { kind: 'list', of: types.every((type) => type.kind === first.kind) ? first : any };
}

/** The type of an operand that must be a number. */
export function expectNumber(node: ASTNode, context: TypeContext, of: string): ValueType {
  const type = typeOf(node, context);
  if (!mayBe(type, 'number')) refuse(context, node, `${of} needs a number here, but "${sourceOf(node)}" is ${describeType(type)}`);
  return number;
}

function typeOfSum(node: ASTNode, sides: readonly [ASTNode, ASTNode], context: TypeContext): ValueType {
  const [left, right] = [typeOf(sides[0], context), typeOf(sides[1], context)];
  if (left.kind === 'any' || right.kind === 'any') return left.kind === 'any' ? right : left;
  if (left.kind === right.kind && (left.kind === 'number' || left.kind === 'text')) return left;
  return refuse(context, node, `+ adds two numbers or joins two texts, not ${describeType(left)} and ${describeType(right)}`);
}

function checkComparison(
  node: ASTNode,
  { op, left, right }: NonNullable<ReturnType<typeof asComparison>>,
  context: TypeContext,
): ValueType {
  if (containsTimedTerm(left, context) || containsTimedTerm(right, context)) return checkTimedComparison(left, right, context);
  const [leftType, rightType] = [typeOf(left, context), typeOf(right, context)];
  if (!mayEqual(leftType, rightType)) {
    return refuse(
      context,
      node,
      `"${sourceOf(left)}" is ${describeType(leftType)} and "${sourceOf(right)}" is ${describeType(rightType)}; compare values of one type`,
    );
  }
  const unordered = [leftType, rightType].find((type) => type.kind === 'list' || type.kind === 'map');
  if (op !== '==' && op !== '!=' && unordered !== undefined) {
    return refuse(context, node, `${describeType(unordered)} has no order; use in, size(), exists or all`);
  }
  return yesNo;
}

function checkTimedComparison(left: ASTNode, right: ASTNode, context: TypeContext): ValueType {
  const before = context.faults.length;
  const sides = [left, right].filter((side) => asNumberLiteral(side) === null);
  const literal = asNumberLiteral(right) ?? asNumberLiteral(left);
  for (const side of sides) checkTimedCalls(side, context);
  if (context.faults.length > before) return yesNo;
  const terms = sides.length === 1 ? readSum(sides[0]!, context) : null;
  if (terms === null || literal === null) refuseShape(left, right, context);
  else checkTerms(terms, { literal, node: sides[0]! }, context);
  return yesNo;
}

/** Arguments of the counting functions inside; the rest of the shape is judged as a whole. */
function checkTimedCalls(node: ASTNode, context: TypeContext): void {
  if (isTimedTerm(node, context)) {
    if (node.op === 'call') checkCounting(node, node.args, context);
    else typeOfName(node, 'score', context);
  } else if (node.op === '+') {
    node.args.forEach((side) => checkTimedCalls(side, context));
  }
}

function refuseShape(left: ASTNode, right: ASTNode, context: TypeContext): void {
  const timed = containsTimedTerm(left, context) ? left : right;
  const fit = /\bscore\.fit\b/.test(`${sourceOf(left)} ${sourceOf(right)}`) ? '; score.total is the sum of fit and engagement' : '';
  refuse(
    context,
    timed,
    `"${sourceOf(timed)}" changes with time; only such counts, days and scores, or plain sums of them, compared with a number, can be decided in time${fit}`,
  );
}

function checkTerms(terms: readonly Term[], { literal, node }: { literal: number; node: ASTNode }, context: TypeContext): void {
  const hasScore = terms.some((term) => term.kind === 'score');
  if (hasScore && context.decaying && terms.some((term) => term.kind === 'since')) {
    refuse(context, node, 'a sum holds either decaying scores or daysSince, not both; compare them one by one');
  }
  if (literal > greatestCountLiteral && terms.some((term) => term.kind === 'count')) {
    refuse(context, node, `counts are compared with at most ${greatestCountLiteral}, not ${literal}`);
  }
}
