import type { ASTNode } from '@marcbachmann/cel-js';
import type { CompileContext, Evaluate } from './compile-context.js';
import type { Value } from '../playbook/definition.js';
import { asComparison, asNumberLiteral, asPath } from './syntax.js';
import { compileCall, compileMethod } from './compile-calls.js';
import { compileSumComparison, type SumComparison } from './sum-comparison.js';
import { type ComparisonOperator, orderOf, sameValue } from './compare-values.js';
import { readSum } from './read-sum.js';

/** Compiles a checked tree into closures. The tree must have passed `typeOf` without faults. */
export function compileNode(node: ASTNode, context: CompileContext): Evaluate {
  const comparison = asComparison(node);
  if (comparison !== null) return compileComparison(node, comparison, context);
  switch (node.op) {
    case 'value':
      return constant(typeof node.args === 'bigint' ? Number(node.args) : (node.args as Value));
    case 'id':
      return compileName(node.args, context);
    case '.':
      return compileField(node, node.args[1], context);
    case '[]':
      return compileIndex(node, node.args, context);
    case '&&':
      return compileAnd(compileNode(node.args[0], context), compileNode(node.args[1], context));
    case '||':
      return compileOr(compileNode(node.args[0], context), compileNode(node.args[1], context));
    case '!_':
      return compileNot(compileNode(node.args, context));
    case '?:':
      return compileChoice(node.args.map((part) => compileNode(part, context)) as [Evaluate, Evaluate, Evaluate]);
    case 'in':
      return compileIn(node.args, context);
    case 'list':
      return compileList(node.args.map((item) => compileNode(item, context)));
    case 'call':
      return compileCall(node.args, context);
    case 'rcall':
      return compileMethod(node.args, context);
    case '-_':
      return compileNegation(compileNode(node.args, context));
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return compileArithmetic(node.op, compileNode(node.args[0], context), compileNode(node.args[1], context));
    default:
      throw new Error(`cannot compile ${node.op}; the checker refuses it`);
  }
}

/** Reads a field of a map; anything else, and what JavaScript objects inherit, is unknown. */
function readField(
  of: Value | Readonly<Record<string, Value | undefined>> | undefined,
  name: string,
): Value | undefined {
  if (typeof of !== 'object' || Array.isArray(of) || !Object.hasOwn(of, name)) return undefined;
  return ((of as Record<string, unknown>)[name] ?? undefined) as Value | undefined;
}

function constant(value: Value): Evaluate {
  return () => value;
}

function compileName(name: string, context: CompileContext): Evaluate {
  const cell = context.locals.get(name);
  if (cell !== undefined) return () => cell.value;
  return (scope) => scope[name as 'stage'];
}

function compileField(node: ASTNode, name: string, context: CompileContext): Evaluate {
  const path = asPath(node);
  if (path?.length === 2 && !context.locals.has(path[0]!)) return compileRootField(path[0]!, name);
  const of = compileNode((node.args as [ASTNode, string])[0], context);
  if (name in Object.prototype) return (scope) => readField(of(scope), name);
  return (scope) => {
    const map = of(scope);
    if (typeof map !== 'object' || Array.isArray(map)) return undefined;
    return ((map as Readonly<Record<string, Value | null>>)[name] ?? undefined) as Value | undefined;
  };
}

function compileRootField(root: string, name: string): Evaluate {
  if (root === 'score') return compileScore(name as 'fit');
  const inherited = name in Object.prototype;
  if (inherited) return (scope) => readField(scope[root as 'lead'], name);
  return (scope) => scope[root as 'lead']?.[name] ?? undefined;
}

/** Without grades in the playbook the grade is unknown. */
function compileScore(name: 'fit' | 'engagement' | 'total' | 'grade'): Evaluate {
  if (name !== 'grade') return (scope) => scope.evidence?.scores(scope.now)[name];
  return (scope) => {
    const grade = scope.evidence?.scores(scope.now).grade;
    return grade === 'unknown' ? undefined : grade;
  };
}

function compileIndex(node: ASTNode, [of, index]: readonly [ASTNode, ASTNode], context: CompileContext): Evaluate {
  const path = asPath(node);
  if (path?.length === 2 && !context.locals.has(path[0]!)) return compileRootField(path[0]!, path[1]!);
  const [map, key] = [compileNode(of, context), compileNode(index, context)];
  return (scope) => {
    const at = key(scope);
    const value = map(scope);
    if (typeof at === 'string') return readField(value, at);
    return Array.isArray(value) && typeof at === 'number'
      ? ((value[at] as Value | null | undefined) ?? undefined)
      : undefined;
  };
}

/** False as soon as one side is false, else unknown as soon as one is. */
function compileAnd(left: Evaluate, right: Evaluate): Evaluate {
  return (scope) => {
    const first = left(scope);
    if (first === false) return false;
    const second = right(scope);
    if (second === false) return false;
    return first === true && second === true ? true : undefined;
  };
}

function compileOr(left: Evaluate, right: Evaluate): Evaluate {
  return (scope) => {
    const first = left(scope);
    if (first === true) return true;
    const second = right(scope);
    if (second === true) return true;
    return first === false && second === false ? false : undefined;
  };
}

function compileNot(of: Evaluate): Evaluate {
  return (scope) => {
    const value = of(scope);
    return typeof value === 'boolean' ? !value : undefined;
  };
}

function compileChoice([condition, then, otherwise]: readonly [Evaluate, Evaluate, Evaluate]): Evaluate {
  return (scope) => {
    const holds = condition(scope);
    if (typeof holds !== 'boolean') return undefined;
    return holds ? then(scope) : otherwise(scope);
  };
}

function compileIn([item, list]: readonly [ASTNode, ASTNode], context: CompileContext): Evaluate {
  const value = compileNode(item, context);
  const literals =
    list.op === 'list'
      ? list.args.map((entry) => (entry.op === 'value' ? compileNode(entry, context)({ now: 0 }) : undefined))
      : [undefined];
  if (literals.every((literal) => literal !== undefined)) return isOneOf(value, new Set(literals));
  const among = compileNode(list, context);
  return (scope) => {
    const wanted = value(scope);
    const found = among(scope);
    if (wanted === undefined || typeof found !== 'object') return undefined;
    if (Array.isArray(found)) return found.some((entry: Value) => sameValue(entry, wanted));
    return typeof wanted === 'string' ? Object.hasOwn(found, wanted) : undefined;
  };
}

function isOneOf(value: Evaluate, literals: ReadonlySet<Value>): Evaluate {
  return (scope) => {
    const wanted = value(scope);
    return wanted === undefined ? undefined : literals.has(wanted);
  };
}

function compileList(items: readonly Evaluate[]): Evaluate {
  return (scope) => {
    const values: Value[] = [];
    for (const item of items) {
      const value = item(scope);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  };
}

function compileNegation(of: Evaluate): Evaluate {
  return (scope) => {
    const value = of(scope);
    return typeof value === 'number' ? -value : undefined;
  };
}

function compileArithmetic(op: '+' | '-' | '*' | '/' | '%', left: Evaluate, right: Evaluate): Evaluate {
  const compute = arithmetic[op];
  return (scope) => {
    const a = left(scope);
    const b = right(scope);
    if (typeof a === 'number' && typeof b === 'number') return compute(a, b);
    return op === '+' && typeof a === 'string' && typeof b === 'string' ? a + b : undefined;
  };
}

const arithmetic = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '%': (a: number, b: number) => a % b,
};

function compileComparison(
  node: ASTNode,
  { op, left, right }: NonNullable<ReturnType<typeof asComparison>>,
  context: CompileContext,
): Evaluate {
  const sum = compileSum(node, { op, left, right }, context);
  if (sum !== null)
    return (scope) => (scope.evidence === undefined ? undefined : sum.holdsAt(scope.evidence, scope.now));
  const [a, b] = [compileNode(left, context), compileNode(right, context)];
  if (op === '==' || op === '!=') return compileEquality(op === '==', a, b);
  const accept = accepts[op];
  return (scope) => {
    const order = orderOf(a(scope), b(scope));
    return order === undefined ? undefined : accept(order);
  };
}

function compileEquality(wanted: boolean, a: Evaluate, b: Evaluate): Evaluate {
  return (scope) => {
    const first = a(scope);
    const second = b(scope);
    return first === undefined || second === undefined ? undefined : sameValue(first, second) === wanted;
  };
}

const accepts = {
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
};

const mirrored: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function compileSum(
  node: ASTNode,
  { op, left, right }: NonNullable<ReturnType<typeof asComparison>>,
  context: CompileContext,
): SumComparison | null {
  const onRight = asNumberLiteral(right);
  const literal = onRight ?? asNumberLiteral(left);
  const terms = literal === null ? null : readSum(onRight === null ? right : left, context);
  if (literal === null || terms === null) return null;
  const sum = compileSumComparison({
    terms,
    op: onRight === null ? mirrored[op] : op,
    literal,
    decaying: context.decaying,
  });
  context.sums.set(node, sum);
  return sum;
}
