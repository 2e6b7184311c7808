import type { ASTNode } from '@marcbachmann/cel-js';
import type { Scope, Value } from '../playbook/definition.js';
import type { SumContext } from './read-sum.js';
import type { SumComparison } from './sum-comparison.js';

/** A compiled node: its value under a scope, undefined when unknown. */
export type Evaluate = (scope: Scope) => Value | undefined;

/** The item that an `exists` or `all` is looking at; set by the loop just before its body runs, so nothing is allocated. */
export interface Cell {
  value: Value | undefined;
}

/** What compiling one expression shares and collects. */
export interface CompileContext extends SumContext {
  readonly locals: ReadonlyMap<string, Cell>;
  /** Every comparison of a sum with a literal, by its node. */
  readonly sums: Map<ASTNode, SumComparison>;
  /** Compiles a node below; handed along so that the files of the compiler need not import each other in a circle. */
  compile(node: ASTNode, context: CompileContext): Evaluate;
}
