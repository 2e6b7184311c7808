import type { EvidenceView } from '../playbook/definition.js';
import type { ComparisonOperator } from './compare-values.js';
import type { Term } from './read-sum.js';

/** A comparison of counts, days since or scores (or a plain sum of them) with a number: the only place where time plays a part. */
export interface SumComparison {
  readonly terms: readonly Term[];
  /** With the sum on the left side. */
  readonly op: ComparisonOperator;
  readonly literal: number;
  sumAt(evidence: EvidenceView, at: number): number;
  holdsAt(evidence: EvidenceView, at: number): boolean;
  /** How the sum moves by itself between two closings of windows. */
  readonly moves: 'never' | 'decays' | 'grows';
  /** Windows whose closing changes a count. */
  readonly windows: readonly (Term & { kind: 'count'; withinMs: number })[];
}

export const dayMs = 86_400_000;

/** Compiles the comparison of a sum with a literal; `decaying` says whether engagement has a half-life. */
export function compileSumComparison(options: {
  terms: readonly Term[];
  op: ComparisonOperator;
  literal: number;
  decaying: boolean;
}): SumComparison {
  const { terms, op, literal, decaying } = options;
  const sumAt = compileSum(terms);
  const accept = tests[op];
  return {
    terms,
    op,
    literal,
    sumAt,
    holdsAt: (evidence, at) => accept(sumAt(evidence, at), literal),
    moves: howItMoves(terms, decaying),
    windows: terms.filter((term) => term.kind === 'count' && term.withinMs !== null) as SumComparison['windows'],
  };
}

const tests: Readonly<Record<ComparisonOperator, (sum: number, literal: number) => boolean>> = {
  '==': (sum, literal) => sum === literal,
  '!=': (sum, literal) => sum !== literal,
  '<': (sum, literal) => sum < literal,
  '<=': (sum, literal) => sum <= literal,
  '>': (sum, literal) => sum > literal,
  '>=': (sum, literal) => sum >= literal,
};

function howItMoves(terms: readonly Term[], decaying: boolean): SumComparison['moves'] {
  if (terms.some((term) => term.kind === 'since')) return 'grows';
  return decaying && terms.some((term) => term.kind === 'score' && term.name !== 'fit') ? 'decays' : 'never';
}

type SumAt = (evidence: EvidenceView, at: number) => number;

/** Terms are added in the order written. */
function compileSum(terms: readonly Term[]): SumAt {
  const [first, ...rest] = terms.map(compileTerm);
  return rest.reduce<SumAt>((sum, term) => (evidence, at) => sum(evidence, at) + term(evidence, at), first!);
}

function compileTerm(term: Term): SumAt {
  if (term.kind === 'score') {
    const { name } = term;
    return (evidence, at) => evidence.scores(at)[name];
  }
  const { pattern } = term;
  if (term.kind === 'since') return (evidence, at) => daysBetween(evidence.last(pattern), at);
  const { withinMs } = term;
  if (term.distinct) return (evidence, at) => evidence.distinct(pattern, withinMs, at);
  return (evidence, at) => evidence.seen(pattern, withinMs, at);
}

function daysBetween(last: number | null, at: number): number {
  return last === null ? Number.POSITIVE_INFINITY : (at - last) / dayMs;
}
