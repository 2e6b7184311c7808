import { describe, expect, it } from '@jest/globals';
import { durationText, durationWords } from './duration-words.js';

describe('a duration', () => {
  it.each([
    [14 * 86_400_000, '14 days', '14d'],
    [86_400_000, '1 day', '1d'],
    [90 * 60_000, '90 minutes', '90m'],
    [36 * 3_600_000, '36 hours', '36h'],
    [1000, '1 second', '1s'],
    [500, '0.5 seconds', '0.5s'],
  ])('of %d ms is told in its largest whole unit: %s', (ms, words, text) => {
    expect([durationWords(ms), durationText(ms)]).toEqual([words, text]);
  });
});
