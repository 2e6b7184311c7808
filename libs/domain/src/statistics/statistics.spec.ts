import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { healthBand } from './health-band.js';
import { jainIndex } from './jain-index.js';
import { median, percentile } from './percentile.js';
import { wilsonInterval } from './wilson-interval.js';

const figures = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 60 });
const counts = fc
  .integer({ min: 1, max: 100_000 })
  .chain((trials) => fc.tuple(fc.integer({ min: 0, max: trials }), fc.constant(trials)));

describe('the Wilson interval', () => {
  // Computed by hand from the closed form with z = 1.959963984540054.
  it.each([
    [7367, 13087, 0.554_406, 0.571_404],
    [5, 10, 0.236_593, 0.763_407],
    [0, 10, 0, 0.277_533],
    [10, 10, 0.722_467, 1],
  ])('of %i in %i is %f to %f', (successes, trials, low, high) => {
    const [from, to] = wilsonInterval(successes, trials) ?? [NaN, NaN];
    expect(from).toBeCloseTo(low, 5);
    expect(to).toBeCloseTo(high, 5);
  });

  it('holds the rate, stays within 0 and 1 and solves the score equation', () => {
    fc.assert(
      fc.property(counts, ([successes, trials]) => {
        const [low, high] = wilsonInterval(successes, trials) ?? [NaN, NaN];
        const rate = successes / trials;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(rate);
        expect(high).toBeGreaterThanOrEqual(rate);
        for (const bound of [low, high].filter((one) => one > 1e-9 && one < 1 - 1e-9)) {
          const deviation = Math.abs(rate - bound) / Math.sqrt((bound * (1 - bound)) / trials);
          expect(deviation).toBeCloseTo(1.959_964, 3);
        }
      }),
    );
  });

  it('begins at exactly 0 without a success and ends at exactly 1 without a failure', () => {
    for (let trials = 1; trials <= 30; trials++) {
      expect([wilsonInterval(0, trials)?.[0], wilsonInterval(trials, trials)?.[1]]).toEqual([0, 1]);
    }
  });

  it('narrows with more trials', () => {
    const width = (trials: number): number => {
      const [low, high] = wilsonInterval(trials / 5, trials) ?? [NaN, NaN];
      return high - low;
    };
    expect(width(1000)).toBeLessThan(width(100));
  });

  it('is nothing without trials', () => {
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});

describe('percentiles', () => {
  it.each([
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4], 0.9, 3.7],
    [[15, 20, 35, 40, 50], 0.4, 29],
    [[10, 9, 100], 0, 9],
    [[10, 9, 100], 1, 100],
    [[10, 9, 100], 1.5, 100],
    [[10, 9, 100], -0.5, 9],
    [[7], 0.9, 7],
  ])('of %j at %f are interpolated linearly to %f', (values, p, expected) => {
    expect(percentile(values, p)).toBeCloseTo(expected, 10);
  });

  it('lie within the values, rise with the share and do not care about order', () => {
    fc.assert(
      fc.property(
        figures,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, one, other) => {
          const [low, high] = [Math.min(one, other), Math.max(one, other)];
          const at = (p: number): number => percentile(values, p) ?? NaN;
          const slack = 1e-6;
          expect(at(low)).toBeLessThanOrEqual(at(high) + slack);
          expect(at(low)).toBeGreaterThanOrEqual(Math.min(...values) - slack);
          expect(at(high)).toBeLessThanOrEqual(Math.max(...values) + slack);
          expect(percentile(values.toReversed(), low)).toBe(at(low));
        },
      ),
    );
  });

  it('leave the values as they were', () => {
    const values = [3, 1, 2];
    expect(median(values)).toBe(2);
    expect(values).toEqual([3, 1, 2]);
  });

  it('are nothing of nothing', () => {
    expect([percentile([], 0.9), median([])]).toEqual([null, null]);
  });
});

describe('Jain’s index', () => {
  it.each([
    [[4, 4, 4], 1],
    [[9, 0, 0], 1 / 3],
    [[0, 0], 1],
    [[1, 2, 3], 36 / 42],
    [[1e200, 1e200], 1],
  ])('of %j is %f', (shares, expected) => {
    expect(jainIndex(shares)).toBeCloseTo(expected, 12);
  });

  it('lies between 1/n and 1 and does not care about the unit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 50 }),
        (shares, unit) => {
          const index = jainIndex(shares) ?? NaN;
          expect(index).toBeGreaterThanOrEqual(1 / shares.length - 1e-9);
          expect(index).toBeLessThanOrEqual(1 + 1e-9);
          expect(jainIndex(shares.map((share) => share * unit))).toBeCloseTo(index, 9);
        },
      ),
    );
  });

  it('is nothing of nobody', () => {
    expect(jainIndex([])).toBeNull();
  });
});

describe('health bands', () => {
  it.each([
    ['lead', 'mql', 0.04, 'too-tight'],
    ['lead', 'mql', 0.05, 'healthy'],
    ['lead', 'mql', 0.2, 'healthy'],
    ['lead', 'mql', 0.25, 'watch'],
    ['lead', 'mql', 0.3, 'watch'],
    ['lead', 'mql', 0.563, 'too-loose'],
    ['mql', 'sql', 0.1, 'too-loose'],
    ['mql', 'sql', 0.15, 'watch'],
    ['mql', 'sql', 0.3, 'healthy'],
    ['mql', 'sql', 0.45, 'watch'],
    ['mql', 'sql', 0.51, 'too-tight'],
    ['sql', 'opportunity', 0.6, 'healthy'],
    ['sql', 'opportunity', 0.4, 'too-loose'],
    ['opportunity', 'customer', 0.25, 'healthy'],
    ['opportunity', 'customer', 0.5, 'too-tight'],
    ['mql', 'accepted', 0.5, null],
    ['lead', 'mql', null, null],
  ])('of %s to %s at %d is %s', (from, to, rate, band) => {
    expect(healthBand({ from, to, rate })).toBe(band);
  });

  it('follow the playbook’s own range', () => {
    const transition = { from: 'lead', to: 'mql', rate: 0.4 };
    expect(healthBand(transition, [0.3, 0.5])).toBe('healthy');
    expect(healthBand({ ...transition, rate: 0.25 }, [0.3, 0.5])).toBe('too-tight');
    expect(healthBand({ ...transition, rate: 0.51 }, [0.3, 0.5])).toBe('too-loose');
  });
});
