import type { ASTNode } from '@marcbachmann/cel-js';
import type { Value } from '../playbook/definition.js';
import type { Cell, CompileContext, Evaluate } from './compile-context.js';
import { compilePattern } from './compile-pattern.js';
import { lengthInCodePoints } from './compare-values.js';
import { asTextLiteral } from './syntax.js';

/** Compiles a checked `has(…)` or `size(…)`. */
export function compileCall([name, args]: readonly [string, readonly ASTNode[]], context: CompileContext): Evaluate {
  const of = context.compile(args[0]!, context);
  if (name === 'has') return (scope) => of(scope) !== undefined;
  return compileSize(of);
}

/** Compiles a checked function on a value. */
export function compileMethod(
  [name, of, args]: readonly [string, ASTNode, readonly ASTNode[]],
  context: CompileContext,
): Evaluate {
  const value = context.compile(of, context);
  if (name === 'exists' || name === 'all') return compileMacro(name, value, { args, context });
  if (name === 'size') return compileSize(value);
  if (name === 'lower') return compileLower(value);
  if (name === 'matches') return compileMatches(value, asTextLiteral(args[0])!);
  const argument = context.compile(args[0]!, context);
  const test = textTests[name as keyof typeof textTests];
  return (scope) => {
    const text = value(scope);
    const part = argument(scope);
    return typeof text === 'string' && typeof part === 'string' ? test(text, part) : undefined;
  };
}

const textTests = {
  contains: (text: string, part: string) => text.includes(part),
  startsWith: (text: string, part: string) => text.startsWith(part),
  endsWith: (text: string, part: string) => text.endsWith(part),
};

function compileSize(of: Evaluate): Evaluate {
  return (scope) => {
    const value = of(scope);
    if (typeof value === 'string') return lengthInCodePoints(value);
    if (Array.isArray(value)) return value.length;
    return typeof value === 'object' ? Object.keys(value).length : undefined;
  };
}

function compileLower(of: Evaluate): Evaluate {
  return (scope) => {
    const value = of(scope);
    return typeof value === 'string' ? value.toLowerCase() : undefined;
  };
}

function compileMatches(of: Evaluate, written: string): Evaluate {
  const pattern = compilePattern(written);
  if (typeof pattern === 'string') throw new Error(pattern);
  return (scope) => {
    const value = of(scope);
    return typeof value === 'string' ? pattern.test(value) : undefined;
  };
}

/** `exists` is a chain of ||, `all` a chain of &&, over the items of a list or the keys of a map. */
function compileMacro(
  name: 'exists' | 'all',
  of: Evaluate,
  { args, context }: { args: readonly ASTNode[]; context: CompileContext },
): Evaluate {
  const cell: Cell = { value: undefined };
  const body = context.compile(args[1]!, {
    ...context,
    locals: new Map([...context.locals, [args[0]!.args as string, cell]]),
  });
  const decisive = name === 'exists';
  return (scope) => {
    const items = itemsOf(of(scope));
    if (items === undefined) return undefined;
    let unknown = false;
    for (const item of items) {
      cell.value = item ?? undefined;
      const holds = body(scope);
      if (holds === decisive) return decisive;
      if (typeof holds !== 'boolean') unknown = true;
    }
    return unknown ? undefined : !decisive;
  };
}

function itemsOf(value: Value | undefined): readonly Value[] | undefined {
  if (typeof value !== 'object') return undefined;
  return Array.isArray(value) ? value : Object.keys(value);
}
