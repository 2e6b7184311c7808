import { describe, expect, it } from '@jest/globals';
import { namesTold } from './names-told.js';

const told = (value: unknown) => [...namesTold(JSON.stringify(value))].sort();

describe('the names that a text tells', () => {
  it('are those of the fields that name a person, as they are kept', () => {
    expect(told({ event: { userId: '42', anonymousId: 'b', traits: { email: ' Kim@Acme.example ' } } })).toEqual([
      'email:kim@acme.example',
      'user:42',
      'visitor:b',
    ]);
    expect(told({ userId: 'kim@acme.example' })).toEqual(['email:kim@acme.example', 'user:kim@acme.example']);
    expect(told([{ previousId: 'old' }, { userId: 42 }])).toEqual(['user:42', 'user:old', 'visitor:old']);
  });

  it('are not what other fields say, nor what is no text', () => {
    expect(told({ properties: { plan: '42' }, userIds: '42', email: 'nobody', userId: null })).toEqual([]);
    expect([...namesTold('no JSON with "42" in it')]).toEqual([]);
    expect([...namesTold('{"userId":"42"')]).toEqual([]);
  });

  it('are found in JSON within a string, and however deep', () => {
    expect(told({ data: { text: JSON.stringify({ data: { userId: 'a"b' } }) } })).toEqual(['user:a"b']);
    const deep = 100_000;
    expect([...namesTold(`${'['.repeat(deep)}{"userId":"42"}${']'.repeat(deep)}`)]).toEqual(['user:42']);
  });
});
