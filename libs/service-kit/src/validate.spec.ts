import { Type } from '@sinclair/typebox';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { faultsOfText } from './text-faults.js';
import { validate } from './validate.js';

const Body = Type.Object(
  {
    to: Type.Union([Type.Literal('mql'), Type.Literal('sql')]),
    amount: Type.Optional(Type.Number({ minimum: 0 })),
    at: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { additionalProperties: false },
);
const Query = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  open: Type.Optional(Type.Boolean()),
});

describe('validate', () => {
  it('answers the value when it fits', () => {
    expect(validate(Body, { to: 'sql', amount: 5 }, { fromText: false })).toEqual({
      value: { to: 'sql', amount: 5 },
      errors: [],
    });
  });

  it('names every field at fault once, by its path', () => {
    const { errors } = validate(Body, { to: 'won', amount: -1, extra: true }, { fromText: false });
    expect(errors.map(({ path }) => path).toSorted()).toEqual(['/amount', '/extra', '/to']);
    expect(errors.find(({ path }) => path === '/to')?.message).toBe('must be one of mql, sql');
  });

  it('says of a missing field what it may be', () => {
    expect(validate(Body, {}, { fromText: false }).errors).toEqual([
      { path: '/to', message: 'is required: one of mql, sql' },
    ]);
  });

  it('reads numbers and booleans from the text of a URL and applies defaults', () => {
    expect(validate(Query, { limit: '20', open: 'true' }, { fromText: true }).value).toEqual({ limit: 20, open: true });
    expect(validate(Query, {}, { fromText: true }).value).toEqual({ limit: 50 });
    expect(validate(Query, { limit: '201' }, { fromText: true }).errors).toHaveLength(1);
  });

  it.each(['1e2', '1.9', '0x10', ' 5', '', '12345678901234567890'])('does not take %j for an integer', (limit) => {
    expect(validate(Query, { limit }, { fromText: true }).errors).toHaveLength(1);
  });

  it('does not read numbers from texts in a body', () => {
    expect(validate(Body, { to: 'sql', amount: '5' }, { fromText: false }).errors).toHaveLength(1);
  });

  it.each(['2026-02-30T10:00:00Z', '2026-03-01', '2026-03-01T25:00:00Z', 'yesterday'])('refuses %s as a time', (at) => {
    expect(validate(Body, { to: 'sql', at }, { fromText: false }).errors).toHaveLength(1);
  });

  it.each(['2026-03-01T10:00:00Z', '2024-02-29T10:00:00.123+02:00'])('takes %s as a time', (at) => {
    expect(validate(Body, { to: 'sql', at }, { fromText: false }).errors).toEqual([]);
  });

  it('takes exactly the days that the calendar has', () => {
    const anyDay = fc.tuple(
      fc.integer({ min: 0, max: 9999 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 31 }),
    );
    fc.assert(
      fc.property(anyDay, ([year, month, day]) => {
        const known = new Date(0);
        known.setUTCFullYear(year, month - 1, day);
        const text = [String(year).padStart(4, '0'), month, day].map((part) => String(part).padStart(2, '0')).join('-');
        const { errors } = validate(Body, { to: 'sql', at: `${text}T10:00:00Z` }, { fromText: false });
        expect(errors.length === 0).toBe(known.getUTCDate() === day);
      }),
      { numRuns: 2_000, examples: [[[2000, 2, 29]], [[1900, 2, 29]], [[2024, 2, 30]], [[2026, 6, 31]]] },
    );
  });

  it('lets an optional body be absent', () => {
    expect(validate(Type.Optional(Body), undefined, { fromText: false })).toEqual({ value: undefined, errors: [] });
    expect(validate(Body, undefined, { fromText: false }).errors.length).toBeGreaterThan(0);
  });

  it('leaves the input as it was', () => {
    const input = {};
    validate(Query, input, { fromText: true });
    expect(input).toEqual({});
  });
});

describe('faultsOfText', () => {
  it('finds NUL characters in values and names, with the path', () => {
    expect(faultsOfText({ a: ['x', 'y\0'], 'b\0': 1 })).toEqual([
      { path: '', message: expect.stringContaining('field name') },
      { path: '/a/1', message: expect.stringContaining('NUL') },
    ]);
  });

  it('finds half a surrogate pair and takes a whole one', () => {
    expect(faultsOfText({ name: '\ud83d' })).toHaveLength(1);
    expect(faultsOfText({ name: '😀' })).toEqual([]);
  });

  it('refuses nesting deeper than forty levels without exhausting the stack', () => {
    const nested = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
    expect(faultsOfText(nested)).toEqual([{ path: '/0'.repeat(41), message: expect.stringContaining('40 levels') }]);
    expect(faultsOfText(JSON.parse('['.repeat(40) + ']'.repeat(40)))).toEqual([]);
  });

  it('lists at most twenty faults', () => {
    expect(faultsOfText(Array.from({ length: 1000 }, () => '\0'))).toHaveLength(20);
  });
});
