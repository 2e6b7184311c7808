import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ProfileFact, accountOf, companyOf, foldProfile, nameOf, newProfile, traitsOf } from './profile.js';

const start = newProfile('2026-03-02T00:00:00.000Z');
const at = (hour: number): string => `2026-03-01T${String(hour).padStart(2, '0')}:00:00.000Z`;
const fold = (facts: readonly ProfileFact[]) => facts.reduce(foldProfile, start);

describe('a profile', () => {
  it('keeps the trait of the newest event time, however late an older one comes', () => {
    const profile = fold([
      { at: at(9), traits: { title: 'VP Sales' } },
      { at: at(8), traits: { title: 'Assistant', city: 'Berlin' } },
    ]);
    expect(traitsOf(profile)).toEqual({ title: 'VP Sales', city: 'Berlin' });
  });

  it('is the same object when a fact says nothing new', () => {
    const profile = fold([{ at: at(9), email: 'kim@acme.io', traits: { title: 'VP' } }]);
    expect(foldProfile(profile, { at: at(9), email: 'kim@acme.io', traits: { title: 'VP' } })).toBe(profile);
  });

  it('is the same in every order, as long as times differ', () => {
    const facts: ProfileFact[] = [
      { at: at(1), email: 'a@x.io', traits: { name: 'A' } },
      {
        at: at(2),
        traits: { name: 'B', title: 'VP' },
        account: { domain: 'x.io', freeMail: false, traits: { industry: { value: 'SaaS', at: at(2) } } },
      },
      {
        at: at(3),
        email: 'b@x.io',
        userId: 'u1',
        account: { domain: 'x.io', freeMail: false, traits: { employees: { value: 10, at: at(3) } } },
      },
      { at: at(4), traits: { title: 'CEO' } },
    ];
    const content = (order: readonly ProfileFact[]) => {
      const profile = fold(order);
      return {
        email: profile.email?.value,
        userId: profile.userId?.value,
        traits: traitsOf(profile),
        account: accountOf(profile),
        since: profile.createdAt,
      };
    };
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (order) => {
        expect(content(order)).toEqual(content(facts));
      }),
    );
  });

  it('takes from a merged lead only what it did not know', () => {
    const profile = fold([
      { at: at(1), email: 'kim@acme.io', traits: { title: 'VP' } },
      { at: at(5), email: 'old@acme.io', traits: { title: 'Trainee', phone: '1' }, fillsOnly: true },
    ]);
    expect(profile.email?.value).toBe('kim@acme.io');
    expect(traitsOf(profile)).toEqual({ title: 'VP', phone: '1' });
  });

  it('forgets the account traits of a company the lead has left', () => {
    const profile = fold([
      {
        at: at(1),
        account: { domain: 'old.io', freeMail: false, traits: { industry: { value: 'Steel', at: at(1) } } },
      },
      { at: at(2), account: { domain: 'new.io', freeMail: false, traits: {} } },
    ]);
    expect(accountOf(profile)).toEqual({ domain: 'new.io', freeMail: false });
  });

  it('names person and company from what there is', () => {
    expect(nameOf(fold([{ at: at(1), traits: { firstName: 'Kim', lastName: 'Lee' } }]))).toBe('Kim Lee');
    expect(nameOf(fold([{ at: at(1), traits: { name: 'Kim' } }]))).toBe('Kim');
    expect(companyOf(fold([{ at: at(1), account: { domain: 'acme.io', freeMail: false, traits: {} } }]))).toBe(
      'acme.io',
    );
    expect(accountOf(fold([{ at: at(1), account: { domain: null, freeMail: true, traits: {} } }]))).toBeNull();
  });

  it('is not confused by traits named like the parts of an object', () => {
    const traits = JSON.parse('{ "__proto__": "x", "constructor": "y" }') as Record<string, string>;
    expect(Object.keys(fold([{ at: at(1), traits }]).traits)).toEqual(['__proto__', 'constructor']);
  });
});
