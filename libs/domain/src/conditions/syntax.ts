import type { ASTNode } from '@marcbachmann/cel-js';
import type { ComparisonOperator } from './compare-values.js';

const comparisonOperators: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];

/** The operands of a comparison, or null for any other node. */
export function asComparison(node: ASTNode): { op: ComparisonOperator; left: ASTNode; right: ASTNode } | null {
  if (!comparisonOperators.includes(node.op)) return null;
  const [left, right] = node.args as [ASTNode, ASTNode];
  return { op: node.op as ComparisonOperator, left, right };
}

/** The value of a number literal, negative ones included; null for anything else. */
export function asNumberLiteral(node: ASTNode): number | null {
  if (node.op === '-_') {
    const value = asNumberLiteral(node.args);
    return value === null ? null : -value;
  }
  if (node.op !== 'value') return null;
  return typeof node.args === 'number' || typeof node.args === 'bigint' ? Number(node.args) : null;
}

/** The value of a text literal, or null. */
export function asTextLiteral(node: ASTNode | undefined): string | null {
  return node?.op === 'value' && typeof node.args === 'string' ? node.args : null;
}

/** The names of a path such as `lead.title` or `event.properties['form']`, or null when the node is none. */
export function asPath(node: ASTNode): readonly string[] | null {
  if (node.op === 'id') return [node.args];
  if (node.op === '.') return append(asPath(node.args[0]), node.args[1]);
  if (node.op === '[]') return append(asPath(node.args[0]), asTextLiteral(node.args[1]));
  return null;
}

function append(path: readonly string[] | null, name: string | null): readonly string[] | null {
  return path === null || name === null ? null : [...path, name];
}

/** The nodes directly below this one. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

/** The operands of a chain of one operator: `a && b && c` gives three. */
export function chainOf(node: ASTNode, op: '&&' | '||' | '+'): readonly ASTNode[] {
  if (node.op !== op) return [node];
  return [...chainOf(node.args[0], op), ...chainOf(node.args[1], op)];
}
