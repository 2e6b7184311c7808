import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePlaybook } from '../src/playbook/compile-playbook.js';
import { tryCondition } from './conditions.js';
import { playbookText } from './playbook-text.js';
import { propertyRuns } from './property-runs.js';

const piece = fc.constantFrom(
  ...[
    'lead',
    'account',
    '.title',
    '.employees',
    "['x']",
    'seen(',
    "'intent:high'",
    ", '14d'",
    'daysSince(',
    'score.engagement',
  ],
  ...[
    ')',
    '(',
    ' && ',
    ' || ',
    '!',
    ' == ',
    ' >= ',
    ' in ',
    '[',
    ']',
    ', ',
    ' ? ',
    ' : ',
    ' + ',
    ' - ',
    '1',
    '2.5',
    "'a'",
    'true',
    'null',
  ],
  ...[
    '.exists(t, ',
    '.matches(',
    "r'('",
    'has(',
    'size(',
    'answers.budget',
    '.lower()',
    '{',
    '}',
    '"',
    "'",
    '\\',
    '1u',
    "b'x'",
    '\u{1f600}',
  ],
);
const expression = fc.array(piece, { minLength: 1, maxLength: 10 }).map((pieces) => pieces.join(''));

const valid = playbookText({});
const fragment = fc.constantFrom(
  ...[
    '',
    '{',
    '}',
    '[',
    ']',
    ': ',
    '- ',
    '\n',
    '"',
    "'",
    '*a',
    '&a ',
    '!!set ',
    '? ',
    '#',
    '|',
    '>',
    'null',
    '~',
    '-1',
    '1e999',
    '.nan',
    '__proto__: 1',
    '\t',
  ],
  ...[
    '0d',
    '99999999999999999999d',
    'team:',
    'seen(',
    '\u0000',
    '\ufeff',
    '%YAML 1.1\n---\n',
    '...\n',
    '<<: *a',
    '\u{1f600}',
  ],
);
const change = fc.record({
  at: fc.integer({ min: 0, max: valid.length }),
  length: fc.integer({ min: 0, max: 12 }),
  fragment,
});
const changed = fc
  .array(change, { minLength: 1, maxLength: 3 })
  .map((changes) =>
    changes.reduce((text, { at, length, fragment }) => text.slice(0, at) + fragment + text.slice(at + length), valid),
  );

describe('bad input', () => {
  it('no text makes the compiler of conditions throw, and every fault points into the text', () => {
    fc.assert(
      fc.property(fc.oneof(expression, fc.string({ unit: 'binary' })), (text) => {
        const compiled = tryCondition(text);
        if ('condition' in compiled) return;
        expect(compiled.faults.length).toBeGreaterThan(0);
        for (const { offset, message } of compiled.faults) {
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset).toBeLessThanOrEqual(text.length);
          expect(message).not.toBe('');
        }
      }),
      { numRuns: propertyRuns(3000) },
    );
  });

  it('a condition that compiles evaluates without throwing, whatever the lead looks like', () => {
    fc.assert(
      fc.property(expression, fc.object({ maxDepth: 2 }), (text, given) => {
        const compiled = tryCondition(text);
        if (!('condition' in compiled)) return;
        const scope = { now: 0, lead: given as never, account: given as never, answers: given as never };
        expect([true, false, null]).toContain(compiled.condition.evaluate(scope));
        expect(compiled.condition.missing(scope).every((words) => words !== '')).toBe(true);
      }),
      { numRuns: propertyRuns(3000) },
    );
  });

  it('no change to a playbook makes the compiler throw; it compiles or says where it does not', () => {
    fc.assert(
      fc.property(changed, (text) => {
        const { playbook, faults } = compilePlaybook(text);
        const lines = text.split('\n').length;
        expect(playbook === null).toBe(faults.length > 0);
        for (const { line, column, message } of faults) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(message).not.toBe('');
        }
      }),
      { numRuns: propertyRuns(500) },
    );
  });
});
