import type { ASTNode } from '@marcbachmann/cel-js';
import type { Pattern } from '../playbook/definition.js';
import { parseDuration } from '../playbook/parse-duration.js';
import type { PatternTable } from './pattern-table.js';
import { asPath, asTextLiteral, chainOf, childrenOf } from './syntax.js';

/** What a comparison with a number may add up: counts, days since, scores. */
export type Term =
  | { readonly kind: 'count'; readonly distinct: boolean; readonly pattern: Pattern; readonly withinMs: number | null }
  | { readonly kind: 'since'; readonly pattern: Pattern }
  | { readonly kind: 'score'; readonly name: 'fit' | 'engagement' | 'total' };

/** What reading a sum depends on: the patterns of the playbook, and whether its engagement decays. */
export interface SumContext {
  readonly patterns: PatternTable;
  readonly decaying: boolean;
}

const counting: readonly string[] = ['seen', 'distinct', 'daysSince'];
const scoreNames = ['fit', 'engagement', 'total'] as const;

/**
 * The terms of a plain sum (`seen('a') + seen('b')`), a single term included, or null when the node is something else
 * or one of its calls is faulty. The fit alone is a term; added to others it is none, because it does not move by itself.
 */
export function readSum(node: ASTNode, context: SumContext): readonly Term[] | null {
  const parts = chainOf(node, '+');
  const terms = parts.map((part) => readTerm(part, context));
  if (terms.some((term) => term === null || (parts.length > 1 && isFit(term)))) return null;
  return terms as Term[];
}

/** Whether a value changes by counting or as time passes, so that only comparisons with number literals may hold it. */
export function isTimedTerm(node: ASTNode, context: SumContext): boolean {
  if (node.op === 'call') return counting.includes(node.args[0]);
  const score = asScore(node);
  return context.decaying && (score === 'engagement' || score === 'total');
}

/** Whether the node or anything below it is such a value. */
export function containsTimedTerm(node: ASTNode, context: SumContext): boolean {
  return isTimedTerm(node, context) || childrenOf(node).some((child) => containsTimedTerm(child, context));
}

function isFit(term: Term): boolean {
  return term.kind === 'score' && term.name === 'fit';
}

function readTerm(node: ASTNode, context: SumContext): Term | null {
  if (node.op === 'call') return readCall(node.args[0], node.args[1], context);
  const name = asScore(node);
  return name === null ? null : { kind: 'score', name };
}

function asScore(node: ASTNode): 'fit' | 'engagement' | 'total' | null {
  const path = asPath(node);
  if (path?.length !== 2 || path[0] !== 'score') return null;
  return scoreNames.find((name) => name === path[1]) ?? null;
}

function readCall(name: string, args: readonly ASTNode[], { patterns }: SumContext): Term | null {
  const written = asTextLiteral(args[0]);
  if (!counting.includes(name) || written === null) return null;
  const pattern = patterns.intern(written);
  if (typeof pattern === 'string') return null;
  if (name === 'daysSince') return args.length === 1 ? { kind: 'since', pattern } : null;
  if (args.length === 1) return { kind: 'count', distinct: name === 'distinct', pattern, withinMs: null };
  const within = parseDuration(asTextLiteral(args[1]) ?? '');
  if (args.length !== 2 || typeof within === 'string') return null;
  return { kind: 'count', distinct: name === 'distinct', pattern, withinMs: within };
}
