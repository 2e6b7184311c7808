import { describe, expect, it } from '@jest/globals';
import { accountOfEmail } from './account-of-email.js';
import { coerceTraits } from './coerce-traits.js';
import { coerceAnswer } from './coerce-answer.js';
import { coerceTrait, showTrait } from './coerce-trait.js';

describe('traits', () => {
  it.each([
    ['number', '220', 220],
    ['number', ' 1.5e3 ', 1500],
    ['number', '12.5', 12.5],
    ['number', '0x10', undefined],
    ['number', 'many', undefined],
    ['number', '', undefined],
    ['number', '-.5', -0.5],
    ['number', '+7.', 7],
    ['number', '.25', 0.25],
    ['number', '1e-3', 0.001],
    ['number', '1e12', 1e12],
    ['number', '1e1000', undefined],
    ['number', '7 seats', undefined],
    ['number', 'v7', undefined],
    ['number', true, undefined],
    ['number', Number.POSITIVE_INFINITY, undefined],
    ['number', Number.NaN, undefined],
    ['text', 12, '12'],
    ['text', true, 'true'],
    ['text', ' CTO ', 'CTO'],
    ['text', { a: 1 }, undefined],
    ['text', 'x'.repeat(1001), 'x'.repeat(1000)],
    ['text', 'a\uD800', 'a\uFFFD'],
    ['yes-no', 'Yes', true],
    ['yes-no', 0, false],
    ['yes-no', true, true],
    ['yes-no', ' ON ', true],
    ['yes-no', 'y', true],
    ['yes-no', '1', true],
    ['yes-no', 'off', false],
    ['yes-no', 'n', false],
    ['yes-no', 'false', false],
    ['yes-no', 'perhaps', undefined],
    ['date', '2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['date', '2026-03-01T10:00', '2026-03-01T10:00:00.000Z'],
    ['date', '2026-03-01T10:00:00+02:00', '2026-03-01T08:00:00.000Z'],
    ['date', 1_772_359_200, '2026-03-01T10:00:00.000Z'],
    ['date', '2026-13-01', undefined],
    ['date', 'tomorrow', undefined],
    ['list', 'kafka', ['kafka']],
    ['list', ['a', 'b'], ['a', 'b']],
    ['list', ['a', 1], ['a', '1']],
    ['list', ['a', {}], undefined],
    ['list', Array.from({ length: 100 }, () => 'a'), Array.from({ length: 100 }, () => 'a')],
    ['list', Array.from({ length: 101 }, () => 'a'), undefined],
    ['email', ' Kim@Acme.io ', 'kim@acme.io'],
    ['email', 'kim', undefined],
    ['country', 'ch', 'CH'],
    ['country', 'Switzerland', undefined],
    ['country', ' ch ', 'CH'],
    ['country', 41, undefined],
  ] as const)('%s of %j is %j', (type, given, expected) => {
    const coerced = coerceTrait(given, type);
    expect('value' in coerced ? coerced.value : undefined).toEqual(expected);
  });

  it.each([
    ['text', 'expected text'],
    ['number', 'expected a number'],
    ['yes-no', 'expected yes or no'],
    ['date', 'expected a date, 2026-03-02 or RFC 3339'],
    ['list', 'expected a list of texts'],
    ['email', 'expected an e-mail address'],
    ['country', 'expected a country code of two letters (ISO 3166-1)'],
  ] as const)('says of what is no %s that it %s', (type, expected) => {
    expect(coerceTrait({ deep: 1 }, type)).toEqual({ expected });
  });

  it('leaves out what says nothing', () => {
    expect(coerceTraits({}, 'lead', { a: '', b: null, c: undefined, d: 0, e: false })).toEqual({
      traits: { d: 0, e: false },
      rejected: [],
    });
    expect(coerceTraits({}, 'account', { persona: 'x' }).traits).toEqual({ persona: 'x' });
  });

  it('refuses by name what has another type, and keeps the rest', () => {
    const declared = { seats: 'number', 'account.plan': 'text' } as const;
    expect(
      coerceTraits(declared, 'lead', {
        seats: 'many',
        title: 'CTO',
        persona: 'boss',
        note: ['x'],
        deep: { a: 1 },
        age: 7,
      }),
    ).toEqual({
      traits: { title: 'CTO', note: ['x'], deep: '{"a":1}', age: 7 },
      rejected: [{ trait: 'seats', expected: 'expected a number' }],
    });
    expect(
      coerceTraits(declared, 'account', {
        plan: 3,
        employees: '49',
        technologies: 'kafka',
        seats: '7',
        freeMail: 'no',
      }),
    ).toEqual({
      traits: { plan: '3', employees: 49, technologies: ['kafka'], seats: '7', freeMail: false },
      rejected: [],
    });
  });

  it.each([
    [7, 7],
    [true, true],
    [
      ['a', 1],
      ['a', '1'],
    ],
    [['a', {}], '["a",{}]'],
    ['x'.repeat(501), 'x'.repeat(500)],
    ['a\uD800', 'a\uFFFD'],
    [['x'.repeat(496)], ['x'.repeat(496)]],
    [['x'.repeat(497)], `["${'x'.repeat(497)}"`],
    [['x'.repeat(600)], `["${'x'.repeat(498)}`],
  ])('shows %j that nobody declared', (given, shown) => {
    expect(showTrait(given)).toEqual(shown);
  });

  it('does not take names of the language for traits', () => {
    expect(coerceTraits({}, 'lead', { constructor: 'x', toString: { a: 1 } })).toEqual({
      traits: { constructor: 'x', toString: '{"a":1}' },
      rejected: [],
    });
  });
});

describe('answers', () => {
  const question = { id: 'q', ask: '?', required: false } as const;

  it.each([
    ['choice', 'b', 'b'],
    ['choice', 'c', undefined],
    ['choices', 'a', ['a']],
    ['choices', ['a', 'c'], undefined],
    ['days', '90', 90],
    ['days', -1, undefined],
    ['days', 'soon', undefined],
    ['days', 0, 0],
    ['choices', 7, undefined],
    ['choice', undefined, undefined],
    ['number', '1e400', undefined],
    ['date', '2026-03-01', '2026-03-01'],
    ['date', '2026-13-01', undefined],
    ['text', ' as written ', ' as written '],
    ['text', '', ''],
    ['text', 7, '7'],
    ['text', true, undefined],
    ['text', Number.NaN, undefined],
    ['number', '7', 7],
    ['date', 1_772_359_200, undefined],
    ['yes-no', 'no', false],
  ] as const)('%s of %j is %j', (type, given, expected) => {
    expect(coerceAnswer({ ...question, type, options: ['a', 'b'] }, given)).toEqual(expected);
  });
});

describe('the account of an e-mail address', () => {
  it.each([
    ['kim@Acme.io', { domain: 'acme.io', freeMail: false }],
    ['kim@gmail.com', { domain: null, freeMail: true }],
    ['kim@yahoo.co.th', { domain: null, freeMail: true }],
    ['kim@orange.com', { domain: 'orange.com', freeMail: false }],
    ['kim@orange.fr', { domain: null, freeMail: true }],
    ['kim@gmail.de', { domain: null, freeMail: true }],
    ['kim@gmail.acme.io', { domain: 'gmail.acme.io', freeMail: false }],
    ['kim@gmail.xco.uk', { domain: 'gmail.xco.uk', freeMail: false }],
    ['kim@gmail.cox.uk', { domain: 'gmail.cox.uk', freeMail: false }],
    ['kim@gmail.co.acme.uk', { domain: 'gmail.co.acme.uk', freeMail: false }],
    ['kim', { domain: null, freeMail: null }],
    ['kim@localhost', { domain: null, freeMail: null }],
    [undefined, { domain: null, freeMail: null }],
  ])('%s: %j', (email, expected) => {
    expect(accountOfEmail(email)).toEqual(expected);
  });
});
