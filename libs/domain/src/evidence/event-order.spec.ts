import { describe, expect, it } from '@jest/globals';
import { insertNewest, sortOccurrences } from './event-order.js';

const newest = { limit: 3, compare: (left: number, right: number) => left - right };

describe('a list of the newest', () => {
  it.each([
    [[], 5, [5]],
    [[4, 6], 5, [4, 5, 6]],
    [[4, 6, 8], 5, [5, 6, 8]],
    [[4, 6, 8], 9, [6, 8, 9]],
  ])('%j takes %j to its place: %j', (list, item, expected) => {
    expect(insertNewest(list, item, newest)).toEqual(expected);
  });

  it.each([
    [[4, 6, 8], 3],
    [[4, 6, 8], 6],
    [[4], 4],
  ])('%j is left as it is by %j', (list, item) => {
    expect(insertNewest(list, item, newest)).toBe(list);
  });
});

describe('occurrences', () => {
  it('are sorted by time, then by event, and of one event there is one', () => {
    const [a, b, c] = [
      { at: 1, event: 'x' },
      { at: 2, event: 'm' },
      { at: 2, event: 'n' },
    ];
    expect(sortOccurrences([c, b, a, c, a])).toEqual([a, b, c]);
  });
});
