import { describe, expect, it } from '@jest/globals';
import { RateBuckets } from './rate-buckets.js';

const limit = { perSecond: 10, burst: 5 };

describe('a bucket', () => {
  it('gives its burst at once, then as much as flows in', () => {
    let now = 0;
    const buckets = new RateBuckets(() => now);
    const taken = () => Array.from({ length: 8 }, () => buckets.take('a', limit, 1));
    expect(taken()).toEqual([0, 0, 0, 0, 0, 100, 100, 100]);
    now = 200;
    expect(taken()).toEqual([0, 0, 100, 100, 100, 100, 100, 100]);
  });

  it('never holds more than its burst', () => {
    let now = 0;
    const buckets = new RateBuckets(() => now);
    buckets.take('a', limit, 1);
    now = 1_000_000;
    const taken = Array.from({ length: 10 }, () => buckets.take('a', limit, 1)).filter((wait) => wait === 0);
    expect(taken).toHaveLength(5);
  });

  it('lends to who takes more than it ever holds, and is paid back before it gives again', () => {
    let now = 0;
    const buckets = new RateBuckets(() => now);
    expect(buckets.take('a', limit, 50)).toBe(0);
    expect(buckets.take('a', limit, 1)).toBe(4600);
    now = 4600;
    expect(buckets.take('a', limit, 1)).toBe(0);
  });

  it('is one of many', () => {
    const buckets = new RateBuckets(() => 0);
    buckets.take('a', limit, 5);
    expect([buckets.take('a', limit, 1), buckets.take('b', limit, 1)]).toEqual([100, 0]);
  });
});
