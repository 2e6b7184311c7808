import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aRequest, aRoster, night, noon, onLeave, routing, whyNot } from '../../test/owner-requests.js';
import { chooseOwner } from './choose-owner.js';
import type { Rep } from './roster.js';

describe('choosing an owner', () => {
  it('takes the first rule that holds and has someone eligible, and says who was considered', () => {
    const choice = chooseOwner(aRequest({ holds: ['technical', 'everyone'] }));
    expect(choice.owner).toEqual({ rep: 'ana', team: 'inbound' });
    expect(choice.decision).toMatchObject({ by: 'rule', rule: 'everyone', rosterVersion: 3 });
    expect(choice.rotated).toEqual({ rule: 'everyone', rotation: { ana: -2, ben: 1, cem: 1 } });
    expect(choice.decision.tried.map(({ rule, considered }) => [rule, considered.map(({ why }) => why)])).toEqual([
      ['technical', ['lacks-skill:api', 'lacks-skill:api', 'lacks-skill:api']],
      ['everyone', ['eligible', 'eligible', 'eligible']],
    ]);
  });

  it('passes over rules that do not hold', () => {
    const roster = aRoster({ reps: { cem: { skills: ['api'] } } });
    expect(chooseOwner(aRequest({ roster, holds: ['everyone'] })).decision.rule).toBe('everyone');
    expect(chooseOwner(aRequest({ roster, holds: ['technical'] })).owner.rep).toBe('cem');
  });

  it('says of each rep what speaks against them', () => {
    const roster = aRoster({ reps: { ana: { leave: onLeave }, ben: { capacity: 2 }, cem: { calendar: 'evening' } } });
    expect(whyNot(aRequest({ roster, open: { ben: 1 } }))).toEqual({
      ana: 'on-leave',
      ben: 'eligible',
      cem: 'off-shift',
    });
    expect(whyNot(aRequest({ roster, open: { ben: 2 } }))).toEqual({
      ana: 'on-leave',
      ben: 'at-capacity',
      cem: 'off-shift',
    });
  });

  it('counts everybody at night, when nobody of the team is on shift', () => {
    expect(whyNot(aRequest({ now: night }))).toEqual({ ana: 'eligible', ben: 'eligible', cem: 'eligible' });
  });

  it('does not take somebody on leave for somebody on shift', () => {
    const roster = aRoster({
      reps: { ana: { leave: onLeave }, ben: { calendar: 'evening' }, cem: { calendar: 'evening' } },
    });
    expect(whyNot(aRequest({ roster }))).toEqual({ ana: 'on-leave', ben: 'eligible', cem: 'eligible' });
  });

  it('reads leave in the local dates of the rep, both ends included', () => {
    const calendars = {
      ...aRoster().calendars,
      auckland: { zone: 'Pacific/Auckland', hours: { 'mon-sun': ['00:00-24:00'] }, holidays: [] },
    };
    const roster = { ...aRoster({ reps: { ana: { leave: [{ from: '2026-03-04', to: '2026-03-05' }] } } }), calendars };
    const abroad = {
      ...roster,
      reps: roster.reps.map((rep) => (rep.id === 'ana' ? { ...rep, calendar: 'auckland' } : rep)),
    };
    // 12:00 UTC on the 5th is the 6th in Auckland.
    const next = noon + 24 * 3_600_000;
    expect(whyNot(aRequest({ roster, now: next }))['ana']).toBe('on-leave');
    expect(whyNot(aRequest({ roster: abroad, now: next }))['ana']).toBe('eligible');
    expect(whyNot(aRequest({ roster: abroad, now: noon }))['ana']).toBe('on-leave');
  });

  it('knows several leaves of a rep, and that one is still to come', () => {
    const [past, future] = ['2026-03-03', '2026-03-05'].map((date) => ({ from: date, to: date }));
    const roster = aRoster({
      reps: { ana: { leave: [past!, ...onLeave, future!] }, ben: { leave: [past!, future!] } },
    });
    expect(whyNot(aRequest({ roster }))).toEqual({ ana: 'on-leave', ben: 'eligible', cem: 'eligible' });
  });

  it('considers no member who left the roster', () => {
    const everybody = aRoster({ reps: { ana: { leave: onLeave }, ben: { leave: onLeave } } });
    const roster = { ...everybody, reps: everybody.reps.filter(({ id }) => id !== 'cem') };
    expect(whyNot(aRequest({ roster }))).toEqual({ ana: 'on-leave', ben: 'on-leave' });
    expect(chooseOwner(aRequest({ roster })).decision.by).toBe('last-resort');
  });

  it('chooses for the team that the rule names, whatever other team the rep has', () => {
    const roster = aRoster({ teams: [{}, { id: 'second', members: ['ana'] }] });
    const rules = [{ id: 'second', to: 'team:second', skills: [] }];
    const { owner } = chooseOwner(aRequest({ roster, routing: { ...routing, rules }, holds: ['second'] }));
    expect(owner).toEqual({ rep: 'ana', team: 'second' });
  });

  it('leaves the lead to the queue of the fallback team when nobody is eligible', () => {
    const roster = aRoster({ reps: { ana: { leave: onLeave }, ben: { capacity: 1 }, cem: { leave: onLeave } } });
    const choice = chooseOwner(aRequest({ roster, open: { ben: 1 } }));
    expect(choice.owner).toEqual({ rep: null, team: 'inbound' });
    expect(choice.decision.by).toBe('fallback');
    expect(choice.decision.tried).toHaveLength(1);
  });

  it('falls back on the owner of last resort when nobody works that queue', () => {
    const away = { leave: onLeave };
    const choice = chooseOwner(aRequest({ roster: aRoster({ reps: { ana: away, ben: away, cem: away, sam: away } }) }));
    expect(choice.owner).toEqual({ rep: 'sam', team: 'inbound' });
    expect(choice.decision).toMatchObject({ by: 'last-resort', note: 'nobody of inbound is at work' });
  });

  it('finds somebody even when the roster no longer has the fallback team', () => {
    const choice = chooseOwner(aRequest({ routing: { ...routing, fallback: 'team:gone' }, holds: [] }));
    expect(choice.owner).toEqual({ rep: null, team: 'inbound' });
    expect(choice.decision.note).toContain('team:gone is not on the roster');
  });

  it('says what is wrong with a roster without teams', () => {
    expect(() => chooseOwner(aRequest({ roster: { ...aRoster(), teams: [] } }))).toThrow('must have a team');
  });

  it('passes over a rule whose team is not on the roster', () => {
    const rules = [{ id: 'gone', to: 'team:gone', skills: [] }, ...routing.rules];
    const { owner, decision } = chooseOwner(aRequest({ routing: { ...routing, rules }, holds: ['gone', 'everyone'] }));
    expect(owner.rep).toBe('ana');
    expect(decision.tried[0]).toEqual({ rule: 'gone', team: 'team:gone', considered: [] });
  });

  it('lets a rule name one rep', () => {
    const rules = [{ id: 'boss', to: 'rep:sam', skills: [] }];
    expect(chooseOwner(aRequest({ routing: { ...routing, rules }, holds: ['boss'], now: noon })).owner.rep).toBe('sam');
  });

  it('always finds an owner of the roster, and a rep only when that rep is eligible', () => {
    const anyRep = fc.record({
      leave: fc.constantFrom([], onLeave),
      capacity: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      calendar: fc.constantFrom(undefined, 'evening', 'office'),
      skills: fc.constantFrom([], ['api']),
    });
    fc.assert(
      fc.property(
        fc.tuple(anyRep, anyRep, anyRep),
        fc.constantFrom(noon, night),
        fc.subarray(['technical', 'everyone']),
        fc.integer({ min: 0, max: 4 }),
        (reps, now, holds, load) => {
          const [ana, ben, cem] = reps.map((rep) => JSON.parse(JSON.stringify(rep)) as Partial<Rep>);
          const roster = aRoster({ reps: { ana: ana ?? {}, ben: ben ?? {}, cem: cem ?? {} } });
          const choice = chooseOwner(aRequest({ roster, now, holds, open: { ana: load, ben: load, cem: load } }));
          const { by, tried } = choice.decision;
          if (by === 'rule') {
            const considered = tried.at(-1)?.considered ?? [];
            expect(considered.find(({ rep }) => rep === choice.owner.rep)?.eligible).toBe(true);
            expect(Object.values(choice.rotated?.rotation ?? {}).reduce((sum, value) => sum + value, 0)).toBe(0);
          } else {
            expect(tried.every(({ considered }) => considered.every(({ eligible }) => !eligible))).toBe(true);
            expect(choice.owner).toEqual(
              by === 'fallback' ? { rep: null, team: 'inbound' } : { rep: 'sam', team: 'inbound' },
            );
          }
        },
      ),
    );
  });
});
