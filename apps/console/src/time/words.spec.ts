import { describe, expect, it } from '@jest/globals';
import { countdown, duration, relative, span } from './words.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('speaking of time', () => {
  it.each([
    [0, '0 s'],
    [59 * second, '59 s'],
    [4 * minute + 59 * second, '4 min'],
    [2 * hour, '2 h'],
    [47 * hour, '47 h'],
    [9 * day, '9 d'],
    [21 * day, '3 w'],
  ])('names %d ms in one unit, rounded down: %s', (ms, words) => {
    expect(span(ms)).toBe(words);
  });

  it('counts down to the second below an hour, and in hours and minutes above', () => {
    expect(countdown(4 * minute + 12 * second)).toBe('04:12');
    expect(countdown(3 * hour + 5 * minute)).toBe('3 h 05 min');
    expect(countdown(-90 * second)).toBe('01:30');
  });

  it('knows past from future', () => {
    expect(relative(0, 2 * hour)).toBe('2 h ago');
    expect(relative(2 * hour, 0)).toBe('in 2 h');
    expect(relative(0, 3 * second)).toBe('just now');
  });

  it('gives reports one figure and a unit', () => {
    expect([43, 2547, 53_280, 535_000].map(duration)).toEqual(['43 s', '42 min', '15 h', '6.2 d']);
  });
});
