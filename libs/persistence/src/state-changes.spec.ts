import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Changes, changesBetween, withChanges } from './state-changes.js';

type Json = Record<string, unknown>;

/** Few names, so that two states often have the same ones; some that an object has without being told. */
const name = fc.constantFrom('evidence', 'signals', 'at', '__proto__', 'constructor', '');
const element = fc.constantFrom(...[1, 2, 3].map((place) => ({ place })), 'x', null);
const json = fc.letrec<{ object: Json; value: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.jsonValue({ maxDepth: 1 }), fc.array(element), tie('object')),
  object: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
})).object;

/** A state that shares some parts with the one before it, as a fold leaves them. */
const successor = fc.tuple(json, json, fc.func(fc.boolean())).map(([base, other, isKept]) => {
  const kept = Object.entries(base).filter(([key]) => isKept(key));
  return { base, state: Object.fromEntries([...Object.entries(other), ...kept]) };
});

const throughText = (changes: Changes): Changes => JSON.parse(JSON.stringify(changes)) as Changes;

describe('changes of a state', () => {
  it('make the base into the state, or cannot be told because a name is gone', () => {
    fc.assert(
      fc.property(successor, ({ base, state }) => {
        const changes = changesBetween(base, state);
        if (changes === null) expect(Object.keys(base).some((key) => !Object.hasOwn(state, key))).toBe(true);
        else expect(withChanges(base, throughText(changes ?? {}))).toEqual(state);
      }),
    );
  });

  it('are nothing between a state and itself, and never change what they are told of', () => {
    fc.assert(
      fc.property(successor, ({ base, state }) => {
        const before = JSON.stringify([base, state]);
        expect(changesBetween(state, state)).toBeUndefined();
        const changes = changesBetween(base, state);
        if (changes) withChanges(base, changes);
        expect(JSON.stringify([base, state])).toBe(before);
      }),
    );
  });

  it('say a part of a part, and what is deep as a whole', () => {
    const base = {
      stage: 'lead',
      evidence: { pages: [1], signals: { visit: { last: { at: 1, event: 'a' }, count: 1 }, demo: { count: 2 } } },
    };
    const { evidence } = base;
    const signals = { ...evidence.signals, visit: { last: { at: 5, event: 'a' }, count: 1 } };
    expect(changesBetween(base, { ...base, evidence: { ...evidence, signals } })).toEqual({
      within: { evidence: { within: { signals: { within: { visit: { set: { last: { at: 5, event: 'a' } } } } } } } },
    });
  });

  it('say of a list what it kept and what came behind it', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((path) => ({ path }));
    const pages = (list: unknown[]) => ({ pages: list });
    expect(changesBetween(pages([a, b, c]), pages([b, c, d]))).toEqual({
      lists: { pages: { from: 1, to: 3, add: [d] } },
    });
    expect(changesBetween(pages([a, b, c]), pages([a, d, b, c]))).toEqual({
      lists: { pages: { from: 0, to: 1, add: [d, b, c] } },
    });
    expect(changesBetween(pages([a, b, c]), pages([a]))).toEqual({ lists: { pages: { from: 0, to: 1, add: [] } } });
    expect(changesBetween(pages([a]), pages([]))).toEqual({ set: { pages: [] } });
    expect(changesBetween(pages([a, b]), pages([a, b]))).toBeUndefined();
    expect(changesBetween(pages([]), pages([]))).toBeUndefined();
  });

  it('write an object whole when one of its names is gone, and leave out what is undefined, as JSON does', () => {
    const base = { deal: { amount: 1, at: 2 }, aside: null, followUp: 'x' };
    expect(changesBetween(base, { ...base, deal: { at: 2 } })).toEqual({ set: { deal: { at: 2 } } });
    expect(changesBetween(base, { ...base, note: undefined })).toBeUndefined();
    expect(changesBetween(base, { ...base, followUp: undefined })).toBeNull();
  });
});
