import type { ASTNode } from '@marcbachmann/cel-js';
import { checkCounting } from './check-calls.js';
import { typeOfName } from './check-names.js';
import { containsTimedTerm, isTimedTerm, readSum, type Term } from './read-sum.js';
import { type asComparison, asNumberLiteral } from './syntax.js';
import { refuse, sourceOf, type TypeContext } from './type-context.js';
import { describeType, mayEqual, type ValueType, yesNo } from './value-types.js';

const greatestCountLiteral = 1000;

/** Checks that both sides can be compared, and that what changes with time is compared with a number. */
export function checkComparison(
  node: ASTNode,
  { op, left, right }: NonNullable<ReturnType<typeof asComparison>>,
  context: TypeContext,
): ValueType {
  if (containsTimedTerm(left, context) || containsTimedTerm(right, context))
    return checkTimedComparison(left, right, context);
  const [leftType, rightType] = [context.typeOf(left, context), context.typeOf(right, context)];
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
  const fit = /\bscore\.fit\b/.test(`${sourceOf(left)} ${sourceOf(right)}`)
    ? '; score.total is the sum of fit and engagement'
    : '';
  refuse(
    context,
    timed,
    `"${sourceOf(timed)}" changes with time; only such counts, days and scores, or plain sums of them, compared with a number, can be decided in time${fit}`,
  );
}

function checkTerms(
  terms: readonly Term[],
  { literal, node }: { literal: number; node: ASTNode },
  context: TypeContext,
): void {
  const hasScore = terms.some((term) => term.kind === 'score');
  if (hasScore && context.decaying && terms.some((term) => term.kind === 'since')) {
    refuse(context, node, 'a sum holds either decaying scores or daysSince, not both; compare them one by one');
  }
  if (literal > greatestCountLiteral && terms.some((term) => term.kind === 'count')) {
    refuse(context, node, `counts are compared with at most ${greatestCountLiteral}, not ${literal}`);
  }
}
