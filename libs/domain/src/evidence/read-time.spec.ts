import { describe, expect, it } from '@jest/globals';
import { readTime } from './read-time.js';

const ten = Date.parse('2026-03-01T10:00:00Z');

describe('a time', () => {
  it.each([
    ['2026-03-01T10:00:00Z', ten],
    ['2026-03-01T10:00:00z', ten],
    ['2026-03-01T10:00', ten],
    ['2026-03-01 10:00:00', ten],
    ['2026-03-01T10:00:00.250', ten + 250],
    ['2026-03-01T12:00:00+02:00', ten],
    ['2026-03-01T05:00:00-0500', ten],
    ['2026-03-01', ten - 10 * 3_600_000],
    [ten, ten],
    [ten + 0.9, ten],
    [ten / 1000, ten],
    [1e11, 1e11],
    [86_400, 86_400_000],
    [86_399, null],
    [0, null],
    ['1969-12-31', null],
    ['0001-01-01', null],
    ['2026-03-01 10:00:00 UTC', null],
    ['2026-03-01 12:00 +02:00', ten],
    [' 2026-03-01 12:00:00+02:00 ', ten],
    ['2026-03-01 12:00:00+02:00 (CEST)', null],
    ['2026-03-01 12:00:00+02', null],
    ['2026-03-01 10:00:00 (z)', null],
    ['2026-03-01 10:00 PM', null],
    [8.64e15, null],
    [Number.NaN, null],
    ['2026-03', null],
    ['2026-03-01T10', null],
    ['1 March 2026', null],
    ['on 2026-03-01', null],
    ['2026-02-30T10:00:00Zulu', null],
    [`2026-03-01T10:00:00.${'0'.repeat(19)}Z`, ten],
    [`2026-03-01T10:00:00.${'0'.repeat(20)}Z`, null],
    [true, null],
    [null, null],
  ])('%j is read as %j', (given, expected) => {
    expect(readTime(given)).toBe(expected);
  });
});
