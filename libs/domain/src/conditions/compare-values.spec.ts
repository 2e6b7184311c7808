import { describe, expect, it } from '@jest/globals';
import { lengthInCodePoints, orderOf, sameValue } from './compare-values.js';

describe('two values', () => {
  it.each([
    [1, 1, true],
    [1, '1', false],
    [true, 1, false],
    [['a', 'b'], ['a', 'b'], true],
    [['a', 'b'], ['b', 'a'], false],
    [['a', 'b'], ['a', 'c'], false],
    [['a'], 'a', false],
    ['a', ['a'], false],
    [{ 0: 'a' }, 'a', false],
    [{ a: 1, b: 2 }, { a: 1, b: 3 }, false],
    [['a'], ['a', 'b'], false],
    [['a', 'b'], ['a'], false],
    [[['a']], [['a']], true],
    [['a'], { 0: 'a' }, false],
    [{ 0: 'a' }, ['a'], false],
    [{ length: 0 }, [], false],
    [5, {}, false],
    [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
    [{ a: 1 }, { a: 2 }, false],
    [{ a: 1 }, { b: 1 }, false],
    [{ a: 1 }, { a: 1, b: 1 }, false],
    [JSON.parse('{ "__proto__": {} }'), { a: 1 }, false],
  ])('%j and %j are the same: %j', (one, other, same) => {
    expect(sameValue(one, other)).toBe(same);
  });

  it.each([
    [1, 2, -1],
    [2, 1, 1],
    [2, 2, 0],
    [1, Number.NaN, Number.NaN],
    [false, true, -1],
    [true, false, 1],
    [true, true, 0],
    ['a', 'b', -1],
    ['b', 'a', 1],
    ['a', 'ab', -1],
    ['ab', 'a', 1],
    ['ab', 'ab', 0],
    ['\uFF5E', '\u{1F600}', -1],
    ['\u{1F600}', '\uFF5E', 1],
    ['\uD7FF', '\uE000', -1],
    ['\uE000', '\uD800', -1],
    ['\uE000', '\uE001', -1],
    ['\uD7FF', '\u{1F600}', -1],
  ])('%j and %j are in the order %d', (one, other, order) => {
    expect(Math.sign(orderOf(one, other)!)).toBe(order);
  });

  it.each([
    [1, '1'],
    [1, true],
    ['true', true],
    [true, 1],
    [['a'], ['b']],
    [{}, {}],
  ])('%j and %j have no order', (one, other) => {
    expect(orderOf(one, other)).toBeUndefined();
  });
});

describe('the length of a text', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['a\u{1F600}b', 3],
    ['\u{1F600}\u{1F600}', 2],
    ['\uD83D', 1],
    ['\uDE00\uD83D', 2],
    ['\uD83Da', 2],
    ['a\uDE00', 2],
  ])('%j is %d code points', (text, length) => {
    expect(lengthInCodePoints(text)).toBe(length);
  });
});
