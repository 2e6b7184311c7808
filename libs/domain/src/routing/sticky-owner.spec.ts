import { describe, expect, it } from '@jest/globals';
import { aRequest, aRoster, onLeave, routing, whyNot } from '../../test/owner-requests.js';
import { chooseOwner } from './choose-owner.js';

describe('owners who stick', () => {
  const current = { rep: 'cem', team: 'inbound' };

  it('keeps the owner the lead had', () => {
    const choice = chooseOwner(aRequest({ current, account: { domain: 'acme.io', owner: 'ben' } }));
    expect(choice).toStrictEqual({ owner: current, decision: { by: 'lead-owner', tried: [], rosterVersion: 3 } });
  });

  it.each([
    ['who is on leave', aRoster({ reps: { cem: { leave: onLeave } } })],
    [
      'who left the roster',
      { ...aRoster({ teams: [{ members: ['ana', 'ben'] }] }), reps: aRoster().reps.filter(({ id }) => id !== 'cem') },
    ],
  ])('does not keep an owner %s', (_, roster) => {
    expect(chooseOwner(aRequest({ roster, current })).decision.by).toBe('rule');
  });

  it('names the present team of an owner who changed teams', () => {
    const roster = aRoster({ teams: [{ members: ['ana'] }, { id: 'second', members: ['ana', 'cem'] }] });
    expect(chooseOwner(aRequest({ roster, current })).owner).toEqual({ rep: 'cem', team: 'second' });
    const ana = { rep: 'ana', team: 'second' };
    expect(chooseOwner(aRequest({ roster, current: ana })).owner).toEqual(ana);
    const gone = { rep: 'cem', team: 'gone' };
    expect(chooseOwner(aRequest({ roster, current: gone })).owner).toEqual({ rep: 'cem', team: 'second' });
  });

  it('names the first team of an account owner, whatever team the lead was with', () => {
    const roster = aRoster({ teams: [{ members: ['ana'] }, { id: 'second', members: ['ana', 'cem'] }] });
    const request = aRequest({
      roster,
      routing: { ...routing, sticky: ['account-owner'] },
      current: { rep: 'cem', team: 'second' },
      account: { domain: 'acme.io', owner: 'ana' },
    });
    expect(chooseOwner(request).owner).toEqual({ rep: 'ana', team: 'inbound' });
  });

  it('reads the leave of an owner without team and calendar in UTC', () => {
    const roster = aRoster({ reps: { sam: { leave: onLeave } }, accounts: { 'acme.io': 'sam' } });
    const choice = chooseOwner(aRequest({ roster, account: { domain: 'acme.io', owner: null } }));
    expect(choice.decision.by).toBe('rule');
  });

  it('does not stick to a queue', () => {
    expect(chooseOwner(aRequest({ current: { rep: null, team: 'inbound' } })).owner.rep).toBe('ana');
  });

  it('gives a colleague of the same account to the same owner, outside shift and capacity', () => {
    const roster = aRoster({ reps: { ben: { calendar: 'evening', capacity: 1 } } });
    const choice = chooseOwner(aRequest({ roster, open: { ben: 9 }, account: { domain: 'acme.io', owner: 'ben' } }));
    expect(choice).toEqual({
      owner: { rep: 'ben', team: 'inbound' },
      decision: { by: 'account-owner', tried: [], rosterVersion: 3 },
    });
  });

  it('puts a named account owner of the roster before a colleague’s', () => {
    const roster = aRoster({ accounts: { 'acme.io': 'sam' } });
    expect(chooseOwner(aRequest({ roster, account: { domain: 'acme.io', owner: 'ben' } })).owner).toEqual({
      rep: 'sam',
      team: null,
    });
  });

  it('takes no word that every object knows for an account', () => {
    expect(chooseOwner(aRequest({ account: { domain: 'constructor', owner: null } })).owner.rep).toBe('ana');
  });

  it('follows the order and the choice of the playbook', () => {
    const request = aRequest({ current, account: { domain: 'acme.io', owner: 'ben' } });
    expect(
      chooseOwner({ ...request, routing: { ...routing, sticky: ['account-owner', 'lead-owner'] } }).owner.rep,
    ).toBe('ben');
    expect(chooseOwner({ ...request, routing: { ...routing, sticky: [] } }).owner.rep).toBe('ana');
  });

  it('chooses another rep when an escalation asks for one', () => {
    const request = aRequest({
      current: { rep: 'ana', team: 'inbound' },
      account: { domain: 'acme.io', owner: 'ana' },
      reassign: true,
    });
    const choice = chooseOwner(request);
    expect(choice.owner.rep).toBe('ben');
    expect(choice.decision.by).toBe('escalation');
    expect(whyNot(request)['ana']).toBe('current-owner');
    expect(chooseOwner({ ...request, current: null }).owner.rep).toBe('ana');
  });
});
