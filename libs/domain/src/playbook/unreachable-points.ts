import type { ASTNode } from '@marcbachmann/cel-js';
import type { Conjunct } from '../conditions/compile-condition.js';
import type { Term } from '../conditions/read-sum.js';
import type { SumComparison } from '../conditions/sum-comparison.js';
import { asComparison, asPath, asTextLiteral } from '../conditions/syntax.js';
import type { PointLimits } from './point-limits.js';

/** Sums of doubles may miss the exact sum by this share. */
const tolerance = 1e-9;

/** Why this part of a condition can never hold, whatever points a lead earns; null when it can. */
export function unreachablePart({ node, sum }: Conjunct, limits: PointLimits): string | null {
  if (sum !== null) return unreachableSum(sum, limits);
  const grades = gradesWanted(node);
  return grades === null ? null : unreachableGrades(grades, limits);
}

function unreachableSum({ terms, op, literal }: SumComparison, limits: PointLimits): string | null {
  const greatest = terms.reduce((sum, term) => sum + greatestOf(term, limits), 0);
  const reach = greatest + Math.abs(greatest) * tolerance;
  const never = {
    '>=': reach < literal,
    '>': greatest <= literal,
    '==': reach < literal || literal < 0,
    '<': literal <= 0,
    '<=': literal < 0,
    '!=': false,
  }[op];
  if (!never) return null;
  const name = terms.length === 1 ? nameOf(terms[0]!) : 'this sum';
  if (op === '<' || literal < 0) return `this can never hold: ${name} is never below 0`;
  return `this can never hold: ${name} reaches ${Number(greatest.toFixed(6))} at most, with every rule counted`;
}

function greatestOf(term: Term, { fit, engagement }: PointLimits): number {
  if (term.kind !== 'score') return Infinity;
  return { fit, engagement, total: fit + engagement }[term.name];
}

function nameOf(term: Term): string {
  if (term.kind === 'score') return { fit: 'the fit', engagement: 'the engagement', total: 'the total' }[term.name];
  return term.kind === 'since' ? 'the number of days' : 'a count';
}

/** The grades in `score.grade == 'A'` or `score.grade in ['A', 'B']`. */
function gradesWanted(node: ASTNode): readonly string[] | null {
  if (node.op === 'in' && isGrade(node.args[0]) && node.args[1].op === 'list') {
    const grades = node.args[1].args.map((item) => asTextLiteral(item));
    return grades.some((grade) => grade === null) ? null : (grades as string[]);
  }
  const comparison = asComparison(node);
  if (comparison?.op !== '==' || !isGrade(comparison.left)) return null;
  const grade = asTextLiteral(comparison.right);
  return grade === null ? null : [grade];
}

function isGrade(node: ASTNode): boolean {
  return asPath(node)?.join('.') === 'score.grade';
}

function unreachableGrades(wanted: readonly string[], { fit, grades }: PointLimits): string | null {
  if (grades === null) return 'this can never hold: the playbook has no grades; add them to scores.fit';
  const reachable = wanted.some((grade) =>
    grade === 'D' ? grades.C > 0 : fit + fit * tolerance >= (grades[grade as 'A'] ?? Infinity),
  );
  return reachable ? null : `this can never hold: a fit of at most ${fit} never gives the grade ${wanted.join(' or ')}`;
}
