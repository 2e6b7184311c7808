import { describe, expect, it } from '@jest/globals';
import { foldAll, hour, identified, start } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import type { AccountFact } from '../lifecycle/lead-fact.js';
import { noEvidence } from './evidence.js';
import { recordAccount, recordTraits, refreshProfile } from './record-profile.js';

const playbook = aPlaybook({
  personas: `[ { id: boss, when: "lead.title == 'CEO'" }, { id: anybody, when: "has(lead.title)" } ]`,
  fit: `{ rules: [ { id: size, when: "account.employees >= 50", points: 20 }, { id: boss, when: "lead.persona == 'boss'", points: 10 }, { id: free, when: "account.freeMail", points: -50 }, { id: need, when: "answers.need == 'x'", points: 5 } ], grades: { A: 30, B: 20, C: 5 } }`,
  engagement: `{ rules: [ { id: hi, signal: hi, points: 1 }, { id: bosses, signal: hi, points: 1, when: "lead.persona == 'boss'" } ] }`,
  exclusions: `[ { id: rival, when: "account.domain == 'rival.example'", reason: no }, { id: second, when: "account.domain == 'rival.example'", reason: no } ]`,
  checklist: '[ { id: need, ask: "?", type: text } ]',
});

const stamp = (at: number, event = 'e') => ({ at, event });
const account = (more: Partial<AccountFact> = {}): AccountFact => ({
  domain: null,
  freeMail: null,
  traits: {},
  ...more,
});

describe('what the playbook says of a lead', () => {
  it.each([
    [
      { title: 'CEO' },
      { employees: 60 },
      {},
      { persona: 'boss', fit: 30, fitSum: 30, fitRules: ['size', 'boss'], grade: 'A' },
    ],
    [{ title: 'CTO' }, { employees: 60 }, { need: 'x' }, { persona: 'anybody', fit: 25, grade: 'B' }],
    [{}, { employees: 60 }, {}, { persona: 'unknown', fit: 20, grade: 'B' }],
    [{}, {}, { need: 'x' }, { fit: 5, grade: 'C' }],
    [{}, {}, {}, { fit: 0, grade: 'D' }],
    [{}, { freeMail: true, employees: 60 }, {}, { fit: 0, fitSum: -30, grade: 'D' }],
  ])('who is %j at %j with the answers %j is %j', (lead, known, answers, profile) => {
    const evidence = refreshProfile(playbook, { ...noEvidence, lead, account: known, answers });
    expect(evidence.profile).toMatchObject(profile);
    expect(evidence.lead).toEqual({ ...lead, persona: evidence.profile.persona });
  });

  it('is without a grade where it has none, mutes what does not hold and takes the first exclusion', () => {
    const plain = aPlaybook({ fit: '{ rules: [] }' });
    expect(refreshProfile(plain, noEvidence).profile).toMatchObject({ grade: 'unknown', muted: [], excluded: null });
    const rival = { ...noEvidence, account: { domain: 'rival.example' } };
    expect(refreshProfile(playbook, rival).profile).toMatchObject({
      muted: ['bosses'],
      excluded: { id: 'rival', reason: 'no' },
    });
    const boss = refreshProfile(playbook, { ...noEvidence, lead: { title: 'CEO', persona: 'anybody' } });
    expect(boss.profile).toMatchObject({ persona: 'boss', muted: [], excluded: null });
  });
});

describe('traits that are told again', () => {
  it('count when they are newer, or of a greater event id at the same time, and never the persona', () => {
    const first = recordTraits(playbook, noEvidence, { title: 'CTO' }, stamp(5, 'm'));
    expect(recordTraits(playbook, first, { title: 'CEO' }, stamp(4, 'z'))).toBe(first);
    expect(recordTraits(playbook, first, { title: 'CEO' }, stamp(5, 'm'))).toBe(first);
    expect(recordTraits(playbook, first, { persona: 'boss' }, stamp(9))).toBe(first);
    expect(recordTraits(playbook, first, { title: 'CEO' }, stamp(5, 'n')).lead).toEqual({ title: 'CEO' });
  });

  it('of an account count each by its own time; of one moment the greater value', () => {
    const told = (value: string, at: number) => account({ traits: { industry: { value, at } } });
    const first = recordAccount(playbook, noEvidence, told('m', 5), stamp(5));
    const again = (value: string, at: number) =>
      recordAccount(playbook, first, told(value, at), stamp(1)).account['industry'];
    expect([again('z', 4), again('a', 6), again('a', 5), again('z', 5)]).toEqual(['m', 'a', 'm', 'z']);
    expect(recordAccount(playbook, first, told('m', 5), stamp(1))).toBe(first);
    const reserved = account({ traits: { domain: { value: 'x', at: 9 }, freeMail: { value: true, at: 9 } } });
    expect(recordAccount(playbook, first, reserved, stamp(1))).toBe(first);
  });

  it('of a domain count by the time of the event, and one that is taken away is gone', () => {
    const acme = recordAccount(playbook, noEvidence, account({ domain: 'acme.io', freeMail: false }), stamp(5, 'm'));
    expect(acme).toMatchObject({ account: { domain: 'acme.io', freeMail: false }, domainTime: { at: 5, event: 'm' } });
    const other = account({ domain: 'other.io', freeMail: true });
    expect(recordAccount(playbook, acme, other, stamp(5, 'm'))).toBe(acme);
    expect(recordAccount(playbook, acme, other, stamp(4, 'z'))).toBe(acme);
    expect(recordAccount(playbook, acme, other, stamp(5, 'n')).account).toEqual({ domain: 'other.io', freeMail: true });
    expect(recordAccount(playbook, acme, account(), stamp(6)).account).toStrictEqual({});
    const late = account({ domain: 'other.io', traits: { industry: { value: 'x', at: 1 } } });
    expect(recordAccount(playbook, acme, late, stamp(4)).account).toEqual({
      domain: 'acme.io',
      freeMail: false,
      industry: 'x',
    });
  });

  it('stay bounded at a hundred names that nobody declared', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'x']));
    expect(Object.keys(recordTraits(playbook, noEvidence, many(100), stamp(1)).lead)).toHaveLength(100);
    expect(Object.keys(recordTraits(playbook, noEvidence, many(101), stamp(1)).lead)).toHaveLength(0);
    const known = recordTraits(playbook, noEvidence, many(100), stamp(1));
    expect(recordTraits(playbook, known, { t3: 'y', title: 'CEO', u: 'z' }, stamp(2)).lead).toMatchObject({
      t3: 'y',
      title: 'CEO',
    });
    expect(recordTraits(playbook, known, { u: 'z' }, stamp(2))).toBe(known);
    const timed = Object.entries({ ...many(101), employees: 7 }).map(([name, value]) => [name, { value, at: 1 }]);
    const told = account({ traits: Object.fromEntries(timed) as AccountFact['traits'] });
    expect(recordAccount(playbook, noEvidence, told, stamp(1)).account).toEqual({ employees: 7 });
  });

  it('make a profile of a lead of which nothing else is known', () => {
    const kept = foldAll(playbook, [
      identified({ at: start, id: 'i' }),
      identified({ at: start + hour, id: 'j' }, { title: 'CEO' }),
    ]);
    expect(kept.state.evidence).toMatchObject({ lead: { title: 'CEO', persona: 'boss' }, leadTime: start + hour });
  });
});
