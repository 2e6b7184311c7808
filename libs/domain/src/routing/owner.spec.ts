import { describe, expect, it } from '@jest/globals';
import { ownerName, parseOwner, sameOwner } from './owner.js';

describe('the name of an owner', () => {
  it.each([
    ['rep:ana', { rep: 'ana', team: null }],
    ['team:inbound', { rep: null, team: 'inbound' }],
    ['ana', null],
    ['rep:', null],
    ['rep:a b', null],
    ['user:ana', null],
    ['superrep:ana', null],
  ])('reads %j', (text, owner) => {
    expect(parseOwner(text)).toEqual(owner);
    if (owner !== null) expect(ownerName(owner)).toBe(text);
  });

  it('is the same rep in whichever team', () => {
    expect(sameOwner({ rep: 'ana', team: 'a' }, { rep: 'ana', team: 'b' })).toBe(true);
    expect(sameOwner({ rep: null, team: 'a' }, { rep: 'ana', team: 'a' })).toBe(false);
    expect(sameOwner(null, { rep: 'ana', team: 'a' })).toBe(false);
    expect(sameOwner({ rep: 'ana', team: 'a' }, null)).toBe(false);
    expect(sameOwner(null, null)).toBe(true);
  });
});
