import { describe, expect, it } from '@jest/globals';
import { sealWith } from './seal.js';

const seal = sealWith('the secret of an installation, long enough');

describe('a sealed secret', () => {
  it('opens for its owner, and is another text each time', () => {
    const [one, two] = [seal.close('whsec_abc', 'connector-1'), seal.close('whsec_abc', 'connector-1')];
    expect(one).not.toBe(two);
    expect(one).not.toContain('abc');
    expect([seal.open(one, 'connector-1'), seal.open(two, 'connector-1')]).toEqual(['whsec_abc', 'whsec_abc']);
  });

  it('opens for no other owner, under no other secret and not when it was changed', () => {
    const sealed = seal.close('whsec_abc', 'connector-1');
    const [iv, tag, text] = sealed.split('.');
    expect(() => seal.open(sealed, 'connector-2')).toThrow();
    expect(() => sealWith('another secret').open(sealed, 'connector-1')).toThrow();
    expect(() =>
      seal.open(`${iv}.${tag}.${text?.startsWith('A') ? 'B' : 'A'}${text?.slice(1)}`, 'connector-1'),
    ).toThrow();
    expect(() => seal.open('nonsense', 'connector-1')).toThrow('not readable');
  });
});
