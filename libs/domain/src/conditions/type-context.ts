import type { ASTNode } from '@marcbachmann/cel-js';
import type { ExpressionFault } from './parse-expression.js';
import type { PatternTable } from './pattern-table.js';
import type { Place, Variable } from './places.js';
import { any, describeType, mayBe, number, type ValueType } from './value-types.js';

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
  /** Checks a node below; handed along so that the files of the checker need not import each other in a circle. */
  typeOf(node: ASTNode, context: TypeContext): ValueType;
}

/** Notes a fault at a node and answers `any`, so that one fault does not cause others above it. */
export function refuse(context: TypeContext, node: ASTNode, message: string): ValueType {
  context.faults.push({ offset: node.start, message });
  return any;
}

/** The refusal of a count, a time since or a decaying score outside a comparison with a number. */
export function refuseTimed(node: ASTNode, context: TypeContext): ValueType {
  const source = sourceOf(node);
  return refuse(
    context,
    node,
    `"${source}" changes with time, so it can only be compared with a number, as in ${source} >= 2`,
  );
}

/** The text of a node as written. */
export function sourceOf(node: ASTNode): string {
  return node.input.slice(node.start, node.end);
}

/** Checks an operand that must be yes or no. */
export function expectYesNo(node: ASTNode, context: TypeContext, of: string): void {
  const type = context.typeOf(node, context);
  if (!mayBe(type, 'yes-no'))
    refuse(context, node, `${of} needs yes or no here, but "${sourceOf(node)}" is ${describeType(type)}`);
}

/** The type of an operand that must be a number. */
export function expectNumber(node: ASTNode, context: TypeContext, of: string): ValueType {
  const type = context.typeOf(node, context);
  if (!mayBe(type, 'number'))
    refuse(context, node, `${of} needs a number here, but "${sourceOf(node)}" is ${describeType(type)}`);
  return number;
}
