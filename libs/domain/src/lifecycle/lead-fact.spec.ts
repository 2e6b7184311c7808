import { describe, expect, it } from '@jest/globals';
import { foldAll, hour, start } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import { type LeadFactOf, readLeadFact } from './lead-fact.js';

describe('reading a fact', () => {
  const data = { eventId: 'web:1', at: '2026-03-01T09:00:05.000Z', receivedAt: '2026-03-01T09:00:00.000Z' };

  it('counts an event time after its receipt as its receipt', () => {
    const fact = readLeadFact(
      'baton.lead.engaged.v1',
      { ...data, event: { type: 'page', source: 'web' } },
      { partition: 0, position: 4 },
    );
    expect(fact).toEqual({
      kind: 'engaged',
      eventId: 'web:1',
      at: start,
      receivedAt: start,
      historic: false,
      position: { partition: 0, position: 4 },
      event: { type: 'page', source: 'web' },
    });
  });

  it('gives the traits of an account their times, and takes a profile without one', () => {
    const account = {
      domain: 'acme.io',
      freeMail: false,
      traits: { employees: { value: 7, at: '2026-03-01T08:00:00.000Z' } },
    };
    const identifiedFact = readLeadFact(
      'baton.lead.identified.v1',
      { ...data, anonymousIds: [], traits: { title: 'CTO' }, account },
      null,
    );
    expect(identifiedFact).toMatchObject({
      kind: 'identified',
      account: { traits: { employees: { value: 7, at: start - hour } } },
    });
    const bare = readLeadFact('baton.lead.profile-updated.v1', data, null) as LeadFactOf<'profile-updated'>;
    expect(bare.traits).toStrictEqual({});
    expect(bare.account).toBeNull();
  });

  it.each([
    ['free mail', { domain: null, freeMail: true }, true, []],
    ['a company’s mail', { domain: 'acme.io', freeMail: false }, false, ['company-mail']],
    ['no e-mail at all', { domain: null, freeMail: false }, undefined, []],
  ])('judges the mail of a lead with %s', (_who, account, freeMail, fitRules) => {
    const mail = aPlaybook({ fit: '{ rules: [ { id: company-mail, when: "!account.freeMail", points: 10 } ] }' });
    const told = { ...data, anonymousIds: [], traits: {}, account: { ...account, traits: {} } };
    const { state } = foldAll(mail, [readLeadFact('baton.lead.identified.v1', told, null)!]);
    expect(state.evidence.account['freeMail']).toBe(freeMail);
    expect(state.evidence.profile.fitRules).toEqual(fitRules);
  });

  it('counts the address that identified somebody as a trait', () => {
    const account = { domain: null, freeMail: true, traits: {} };
    const fact = readLeadFact(
      'baton.lead.identified.v1',
      { ...data, email: 'kim@gmail.com', anonymousIds: [], traits: { name: 'Kim' }, account },
      null,
    );
    expect(fact).toMatchObject({ traits: { email: 'kim@gmail.com', name: 'Kim' } });
    expect(fact).not.toHaveProperty('email');
  });

  it('leaves what is no lead’s fact to others', () => {
    expect(readLeadFact('baton.playbook.activated.v1', data, null)).toBeNull();
  });

  it('keeps the event time of what came in time, the mark of history, and the content', () => {
    const told = { ...data, at: '2026-03-01T08:00:00.000Z', historic: true, outcome: 'won', amount: 5 };
    expect(readLeadFact('baton.lead.outcome-recorded.v1', told, null)).toEqual({
      kind: 'outcome-recorded',
      eventId: 'web:1',
      at: start - hour,
      receivedAt: start,
      historic: true,
      position: null,
      outcome: 'won',
      amount: 5,
    });
  });

  it.each([
    ['baton.lead.engagement-revoked.v1', 'engagement-revoked', { revokes: 'web:0' }],
    ['baton.lead.activity-recorded.v1', 'activity-recorded', {}],
    ['baton.lead.stage-imported.v1', 'stage-imported', { stage: 'mql' }],
    ['baton.lead.absorbed.v1', 'absorbed', { survivor: 'l2' }],
  ])('reads %s as %s, without traits', (type, kind, content) => {
    const fact = readLeadFact(type, { ...data, ...content }, null);
    expect(fact).toMatchObject({ kind, ...content });
    expect(fact).not.toHaveProperty('traits');
  });

  it('reads an erasure, which has no event of its own, and a merge with what it brings', () => {
    const { at, receivedAt } = data;
    expect(readLeadFact('baton.lead.erased.v1', { at, receivedAt }, null)).toMatchObject({
      kind: 'erased',
      eventId: '',
    });
    const merge = {
      ...data,
      absorbed: 'l2',
      traits: { title: 'CTO' },
      account: { domain: null, freeMail: false, traits: {} },
    };
    expect(readLeadFact('baton.leads.merged.v1', merge, null)).toMatchObject({
      kind: 'merged',
      absorbed: 'l2',
      traits: { title: 'CTO' },
      account: { domain: null, freeMail: null, traits: {} },
    });
  });
});
