import type { EvidenceView, Pattern, Scope } from '../playbook/definition.js';
import { type ComparisonOperator, oppositeOf } from './compare-values.js';
import { durationWords } from './duration-words.js';
import type { PatternTable } from './pattern-table.js';
import type { Term } from './read-sum.js';
import type { SumComparison } from './sum-comparison.js';

type Count = Term & { kind: 'count' };

/** What is missing until a comparison of counts, days or scores is `wanted`, with the distance: `one more high-intent action`. */
export function missingInSum(
  comparison: SumComparison,
  { wanted, scope, patterns }: { wanted: boolean; scope: Scope; patterns: PatternTable },
): string {
  const op = wanted ? comparison.op : oppositeOf[comparison.op];
  const evidence = scope.evidence as EvidenceView;
  const sum = comparison.sumAt(evidence, scope.now);
  const { terms, literal } = comparison;
  const [first] = terms;
  if (terms.every((term): term is Count => term.kind === 'count'))
    return countWords(terms, { op, literal, sum, patterns });
  if (terms.length === 1 && first?.kind === 'since') return sinceWords(first.pattern, { op, literal, sum, patterns });
  return limitWords(
    terms.map((term) => (term.kind === 'score' ? term.name : nounOf(term.pattern, 2, patterns))).join(' + '),
    { op, literal, sum },
  );
}

interface Distance {
  readonly op: ComparisonOperator;
  readonly literal: number;
  readonly sum: number;
}

function limitWords(name: string, { op, literal, sum }: Distance): string {
  if (op === '>=') return `${name} ${rounded(sum)} of ${literal}`;
  const limit: Readonly<Record<string, string>> = {
    '>': 'must be more than',
    '<': 'must fall below',
    '<=': 'must fall to',
    '==': 'must be exactly',
    '!=': 'must not be',
  };
  return `${name} ${rounded(sum)}, ${limit[op]} ${literal}`;
}

function countWords(
  terms: readonly Count[],
  { op, literal, sum, patterns }: Distance & { patterns: PatternTable },
): string {
  const windows = new Set(terms.map((term) => term.withinMs));
  const [window] = windows;
  const within = windows.size === 1 && typeof window === 'number' ? ` within ${durationWords(window)}` : '';
  const different = terms.every((term) => term.distinct) ? 'different ' : '';
  const nouns = (count: number) =>
    different + [...new Set(terms.map((term) => nounOf(term.pattern, count, patterns)))].join(' or ');
  const least = op === '>' ? Math.floor(literal) + 1 : Math.ceil(literal);
  if ((op === '>=' || op === '>' || op === '==') && least > sum) {
    const more = least - sum;
    return `${numberWord(more)} more ${nouns(more)}${within}`;
  }
  const limit: Readonly<Record<string, string>> = {
    '<': 'fewer than',
    '<=': 'at most',
    '==': 'exactly',
    '!=': 'any number but',
  };
  return `${limit[op]} ${literal} ${nouns(literal)}${within} (now ${sum})`;
}

function sinceWords(pattern: Pattern, { op, literal, sum, patterns }: Distance & { patterns: PatternTable }): string {
  const noun = nounOf(pattern, 1, patterns);
  const isRecent = op === '<' || op === '<=' || op === '==';
  if (isRecent) return `one ${noun} within ${dayWords(literal)}`;
  return `${dayWords(literal)} without ${noun}, so far ${rounded(sum)}`;
}

function nounOf({ kind, value }: Pattern, count: number, patterns: PatternTable): string {
  const actions = count === 1 ? 'action' : 'actions';
  if (kind === 'signal') return `"${patterns.titleOf(value)}"`;
  if (kind === 'intent') return value === '*' ? actions : `${value}-intent ${actions}`;
  return value === '*'
    ? `${actions} with ${kind === 'offer' ? 'an' : 'a'} ${kind}`
    : `${actions} with the ${kind} ${value}`;
}

const numberWords = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

function numberWord(count: number): string {
  return numberWords[count] ?? String(count);
}

function dayWords(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}

/** Down to two decimals, so that a value just below a limit never reads as the limit. */
function rounded(value: number): string {
  return String(Math.floor(value * 100 + 1e-9) / 100);
}
