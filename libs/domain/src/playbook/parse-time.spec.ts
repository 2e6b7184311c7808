import { describe, expect, it } from '@jest/globals';
import { parseDuration } from './parse-duration.js';
import { parseTime } from './parse-time.js';

describe('parseTime', () => {
  it.each([
    ['2026-03-02T12:00:00Z', Date.UTC(2026, 2, 2, 12)],
    ['2026-03-02t12:00:00.250z', Date.UTC(2026, 2, 2, 12, 0, 0, 250)],
    ['2026-03-02T12:00:00+01:30', Date.UTC(2026, 2, 2, 10, 30)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2026-12-31T00:00:00Z', Date.UTC(2026, 11, 31)],
    ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
  ])('reads %s', (text, ms) => {
    expect(parseTime(text)).toBe(ms);
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-12-32T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-03-02T24:00:00Z',
    '2026-03-02T12:60:00Z',
    '2026-03-02T12:00:00',
    '2026-03-02',
    'tomorrow',
  ])('refuses %s', (text) => {
    expect(parseTime(text)).toBeNull();
  });
});

describe('parseDuration', () => {
  it.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['24h', 86_400_000],
    ['14d', 14 * 86_400_000],
    ['2w', 14 * 86_400_000],
    ['36500d', 36_500 * 86_400_000],
    [' 5m ', 300_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    ['0s', 'more than zero'],
    ['-5m', 'more than zero'],
    ['1.5h', 'whole number'],
    ['36501d', 'longer than a hundred years'],
    ['5', 'is no duration'],
    ['5 minutes', 'is no duration'],
    ['in 5m', 'is no duration'],
    ['5m today', 'is no duration'],
    ['1.25h', 'write 1.25h with a whole number'],
    ['', 'is no duration'],
  ])('refuses %s', (text, words) => {
    expect(parseDuration(text)).toContain(words);
  });
});
