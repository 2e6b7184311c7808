import type { ASTNode } from '@marcbachmann/cel-js';
import { checkCall, checkMethod } from './check-calls.js';
import { checkComparison } from './check-comparison.js';
import { typeOfField, typeOfIndex, typeOfName } from './check-names.js';
import { isAllowed } from './places.js';
import { isTimedTerm } from './read-sum.js';
import { asComparison } from './syntax.js';
import { expectNumber, expectYesNo, refuse, refuseTimed, sourceOf, type TypeContext } from './type-context.js';
import { any, describeType, mayBe, mayEqual, number, text, type ValueType, yesNo } from './value-types.js';

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
      return refuse(
        context,
        node,
        'this kind of expression is not part of playbook conditions; compare fields, texts, numbers and lists',
      );
  }
}

function typeOfLiteral(node: ASTNode, context: TypeContext): ValueType {
  if (typeof node.args === 'string') return text;
  if (typeof node.args === 'number' || typeof node.args === 'bigint') return number;
  if (typeof node.args === 'boolean') return yesNo;
  if (node.args === null)
    return refuse(context, node, 'null is not used here; write has(lead.title) or !has(lead.title)');
  return refuse(context, node, `"${sourceOf(node)}" is not used here; write a plain number or text`);
}

function typeOfChoice(
  [condition, then, otherwise]: readonly [ASTNode, ASTNode, ASTNode],
  context: TypeContext,
): ValueType {
  expectYesNo(condition, context, '?:');
  const [left, right] = [typeOf(then, context), typeOf(otherwise, context)];
  if (left.kind === 'any' || right.kind === 'any') return any;
  if (mayEqual(left, right)) return left;
  return refuse(
    context,
    otherwise,
    `both sides of : must be of one type, but one is ${describeType(left)} and the other ${describeType(right)}`,
  );
}

function checkIn([item, list]: readonly [ASTNode, ASTNode], context: TypeContext): ValueType {
  const [itemType, listType] = [typeOf(item, context), typeOf(list, context)];
  if (listType.kind === 'list') {
    if (!mayEqual(itemType, listType.of)) {
      refuse(
        context,
        list,
        `"${sourceOf(item)}" is ${describeType(itemType)} and the list holds ${describeType(listType.of)}, so this never holds`,
      );
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

function typeOfSum(node: ASTNode, sides: readonly [ASTNode, ASTNode], context: TypeContext): ValueType {
  const [left, right] = [typeOf(sides[0], context), typeOf(sides[1], context)];
  if (left.kind === 'any' || right.kind === 'any') return left.kind === 'any' ? right : left;
  if (left.kind === right.kind && (left.kind === 'number' || left.kind === 'text')) return left;
  return refuse(
    context,
    node,
    `+ adds two numbers or joins two texts, not ${describeType(left)} and ${describeType(right)}`,
  );
}

/** The refusal of a decaying score outside a comparison with a number. */
function refuseTimedScore(node: ASTNode, context: TypeContext): ValueType {
  return isAllowed('score', context.place) ? refuseTimed(node, context) : typeOfName(node, 'score', context);
}
