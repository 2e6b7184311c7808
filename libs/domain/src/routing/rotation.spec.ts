import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Rotation, nextInRotation } from './rotation.js';

describe('smooth weighted rotation', () => {
  it('spreads five, one and one the way the weights say, never in blocks', () => {
    const candidates = [
      { rep: 'a', weight: 5 },
      { rep: 'b', weight: 1 },
      { rep: 'c', weight: 1 },
    ] as const;
    let rotation: Rotation = {};
    const order = Array.from({ length: 7 }, () => {
      const next = nextInRotation(rotation, [...candidates]);
      rotation = next.rotation;
      return next.chosen;
    });
    expect(order.join('')).toBe('aabacaa');
    expect(rotation).toEqual({ a: 0, b: 0, c: 0 });
  });

  it('gives each exactly their weight in every round of as many choices as the weights sum up to', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 5 }), ([first = 1, ...others], rounds) => {
        const expected = Object.fromEntries([first, ...others].map((weight, index) => [`r${index}`, weight * rounds]));
        const counts: Record<string, number> = {};
        let rotation: Rotation = {};
        const sum = others.reduce((total, weight) => total + weight, first);
        for (let turn = 0; turn < sum * rounds; turn++) {
          const rest = others.map((weight, index) => ({ rep: `r${index + 1}`, weight }));
          const next = nextInRotation(rotation, [{ rep: 'r0', weight: first }, ...rest]);
          rotation = next.rotation;
          counts[next.chosen] = (counts[next.chosen] ?? 0) + 1;
        }
        expect(counts).toEqual(expected);
        expect(Object.values(rotation).every((value) => value === 0)).toBe(true);
      }),
    );
  });

  it('gives newcomers their turn without favouring them for ever', () => {
    const { rotation } = nextInRotation({ gone: 4 }, [
      { rep: 'a', weight: 1 },
      { rep: 'new', weight: 1 },
    ]);
    expect(rotation).toEqual({ gone: 4, a: -1, new: 1 });
  });
});
