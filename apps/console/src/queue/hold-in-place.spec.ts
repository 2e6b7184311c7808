import { describe, expect, it } from '@jest/globals';
import { holdInPlace } from './hold-in-place.js';

describe('holding rows in place', () => {
  it('takes the new order when nothing is held', () => {
    expect(holdInPlace(['a', 'b', 'c'], ['c', 'a', 'b'], new Set())).toEqual(['c', 'a', 'b']);
  });

  it('keeps a held row at its place while the others move around it', () => {
    expect(holdInPlace(['a', 'b', 'c', 'd'], ['d', 'c', 'b', 'a'], new Set(['b']))).toEqual(['d', 'b', 'c', 'a']);
  });

  it('keeps a held row at its place when hotter rows come in above it', () => {
    expect(holdInPlace(['a', 'b'], ['x', 'y', 'a', 'b'], new Set(['a']))).toEqual(['a', 'x', 'y', 'b']);
  });

  it('keeps a held row that has left the list until it is let go', () => {
    expect(holdInPlace(['a', 'b', 'c'], ['a', 'c'], new Set(['b']))).toEqual(['a', 'b', 'c']);
    expect(holdInPlace(['a', 'b', 'c'], ['a', 'c'], new Set())).toEqual(['a', 'c']);
  });

  it('keeps two held rows at their places at once', () => {
    expect(holdInPlace(['a', 'b', 'c', 'd'], ['x', 'd', 'c', 'b', 'a'], new Set(['a', 'c']))).toEqual([
      'a',
      'x',
      'c',
      'd',
      'b',
    ]);
  });

  it('ignores a held row that was never shown', () => {
    expect(holdInPlace(['a'], ['b', 'a'], new Set(['b']))).toEqual(['b', 'a']);
  });
});
