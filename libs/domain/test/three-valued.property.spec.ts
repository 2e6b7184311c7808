import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Truth, Value } from '../src/playbook/definition.js';
import { conditionOf } from './conditions.js';
import { propertyRuns } from './property-runs.js';

type Property = Value | null | undefined;

/** A random condition as a tree of its own, so that the judge below shares nothing with the product's parser. */
type Tree =
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'has'; readonly name: string }
  | {
      readonly kind: 'compare';
      readonly name: string;
      readonly op: '==' | '!=' | '<' | '<=' | '>' | '>=';
      readonly literal: Value;
    }
  | { readonly kind: 'in'; readonly name: string; readonly literals: readonly Value[] }
  | { readonly kind: 'not'; readonly of: Tree }
  | { readonly kind: 'and' | 'or'; readonly left: Tree; readonly right: Tree }
  | { readonly kind: 'choice'; readonly test: Tree; readonly then: Tree; readonly otherwise: Tree }
  | { readonly kind: 'exists' | 'all'; readonly name: string; readonly op: '==' | '<' | '>='; readonly literal: Value };

const names = ['a', 'b', 'c', 'd'];
const scalar = fc.oneof(
  fc.boolean(),
  fc.integer({ min: -2, max: 2 }),
  fc.constantFrom('', 'x', 'y', '\uff5e', '\u{1f600}'),
);
const property = fc.oneof(
  { weight: 4, arbitrary: scalar as fc.Arbitrary<Property> },
  { weight: 2, arbitrary: fc.constantFrom<Property>(undefined, null) },
  { weight: 2, arbitrary: fc.array(fc.oneof(scalar, fc.constant(null)), { maxLength: 3 }) as fc.Arbitrary<Property> },
);
const properties = fc.record(Object.fromEntries(names.map((name) => [name, property])));
const name = fc.constantFrom(...names);

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.record({ kind: fc.constant('property' as const), name }),
    fc.record({ kind: fc.constant('has' as const), name }),
    fc.record({
      kind: fc.constant('compare' as const),
      name,
      op: fc.constantFrom('==', '!=', '<', '<=', '>', '>='),
      literal: scalar,
    }),
    fc.record({ kind: fc.constant('in' as const), name, literals: fc.array(scalar, { maxLength: 3 }) }),
    fc.record({ kind: fc.constantFrom('exists', 'all'), name, op: fc.constantFrom('==', '<', '>='), literal: scalar }),
    fc.record({ kind: fc.constant('not' as const), of: tie('tree') }),
    fc.record({ kind: fc.constantFrom('and', 'or'), left: tie('tree'), right: tie('tree') }),
    fc.record({ kind: fc.constant('choice' as const), test: tie('tree'), then: tie('tree'), otherwise: tie('tree') }),
  ) as fc.Arbitrary<Tree>,
}));

function written(tree: Tree): string {
  switch (tree.kind) {
    case 'property':
      return `event.properties.${tree.name}`;
    case 'has':
      return `has(event.properties.${tree.name})`;
    case 'compare':
      return `(event.properties.${tree.name} ${tree.op} ${literalText(tree.literal)})`;
    case 'in':
      return `(event.properties['${tree.name}'] in [${tree.literals.map(literalText).join(', ')}])`;
    case 'exists':
    case 'all':
      return `event.properties.${tree.name}.${tree.kind}(item, item ${tree.op} ${literalText(tree.literal)})`;
    case 'not':
      return `!(${written(tree.of)})`;
    case 'and':
      return `(${written(tree.left)} && ${written(tree.right)})`;
    case 'or':
      return `(${written(tree.left)} || ${written(tree.right)})`;
    case 'choice':
      return `((${written(tree.test)}) ? (${written(tree.then)}) : (${written(tree.otherwise)}))`;
  }
}

function literalText(value: Value): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

type Mark = 'T' | 'F' | 'U';

const tables = {
  and: { T: { T: 'T', F: 'F', U: 'U' }, F: { T: 'F', F: 'F', U: 'F' }, U: { T: 'U', F: 'F', U: 'U' } },
  or: { T: { T: 'T', F: 'T', U: 'T' }, F: { T: 'T', F: 'F', U: 'U' }, U: { T: 'T', F: 'U', U: 'U' } },
  not: { T: 'F', F: 'T', U: 'U' },
} as const satisfies Record<string, unknown>;

function markOf(value: Property): Mark {
  return value === true ? 'T' : value === false ? 'F' : 'U';
}

function judge(tree: Tree, given: Readonly<Record<string, Property>>): Mark {
  switch (tree.kind) {
    case 'property':
      return markOf(given[tree.name]);
    case 'has':
      return markOf(given[tree.name] !== undefined && given[tree.name] !== null);
    case 'compare':
      return compared(given[tree.name], tree.op, tree.literal);
    case 'in':
      return among(given[tree.name], tree.literals);
    case 'exists':
    case 'all':
      return overItems(tree, given[tree.name]);
    case 'not':
      return tables.not[judge(tree.of, given)];
    case 'and':
    case 'or':
      return tables[tree.kind][judge(tree.left, given)][judge(tree.right, given)];
    case 'choice': {
      const test = judge(tree.test, given);
      return test === 'U' ? 'U' : judge(test === 'T' ? tree.then : tree.otherwise, given);
    }
  }
}

function compared(value: Property, op: string, literal: Value): Mark {
  if (value === undefined || value === null) return 'U';
  if (op === '==') return markOf(value === literal);
  if (op === '!=') return markOf(value !== literal);
  if (typeof value !== typeof literal || typeof value === 'object') return 'U';
  const [left, right] = [rank(value), rank(literal as string | number | boolean)];
  return markOf({ '<': left < right, '<=': left <= right, '>': left > right, '>=': left >= right }[op]);
}

/** One number or one padded text of code points a value, so that JavaScript's order is the wanted one. */
function rank(value: Value): number | string {
  if (typeof value !== 'string') return Number(value);
  return Array.from(value, (character) => character.codePointAt(0)!.toString(16).padStart(6, '0')).join(' ');
}

function among(value: Property, literals: readonly Value[]): Mark {
  return value === undefined || value === null ? 'U' : markOf(literals.some((literal) => literal === value));
}

function overItems(tree: Tree & { kind: 'exists' | 'all' }, value: Property): Mark {
  if (!Array.isArray(value)) return 'U';
  const table = tree.kind === 'exists' ? tables.or : tables.and;
  const start: Mark = tree.kind === 'exists' ? 'F' : 'T';
  return (value as Property[]).reduce<Mark>((mark, item) => table[mark][compared(item, tree.op, tree.literal)], start);
}

function markOfTruth(truth: Truth): Mark {
  return truth === null ? 'U' : markOf(truth);
}

describe('three-valued conditions', () => {
  it('agree with truth tables on random expressions over known, missing and mistyped values', () => {
    const judged = new Set<Mark>();
    fc.assert(
      fc.property(tree, properties, (expression, given) => {
        const condition = conditionOf(written(expression), { place: 'signal' });
        const mark = markOfTruth(condition.evaluate({ now: 0, event: { properties: given } }));
        judged.add(mark);
        expect(mark).toBe(judge(expression, given));
      }),
      { numRuns: propertyRuns(4000) },
    );
    expect([...judged].toSorted()).toEqual(['F', 'T', 'U']);
  });
});
