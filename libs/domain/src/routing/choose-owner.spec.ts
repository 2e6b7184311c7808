import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RoutingDefinition } from '../playbook/definition.js';
import { chooseOwner } from './choose-owner.js';
import { compileRoster } from './directory.js';
import { ownerName, parseOwner, sameOwner } from './owner.js';
import type { OwnerRequest } from './owner-request.js';
import { type Rep, type Roster, type Team, validateRoster } from './roster.js';
import { type Rotation, nextInRotation } from './rotation.js';

const noon = Date.parse('2026-03-04T12:00:00Z');
const night = Date.parse('2026-03-04T23:00:00Z');
const onLeave = [{ from: '2026-03-04', to: '2026-03-04' }];

interface RosterParts {
  reps?: Record<string, Partial<Rep>>;
  teams?: Partial<Team>[];
  accounts?: Record<string, string>;
}

/** A team `inbound` of ana, ben and cem who work 09:00 to 17:00 UTC on weekdays, with sam behind them. */
function aRoster({ reps = {}, teams = [{}], accounts = {} }: RosterParts = {}): Roster {
  const names = ['ana', 'ben', 'cem', 'sam'];
  const result = validateRoster({
    calendars: {
      office: { zone: 'UTC', hours: { 'mon-fri': ['09:00-17:00'] } },
      evening: { zone: 'UTC', hours: { 'mon-fri': ['17:00-24:00'] } },
    },
    teams: teams.map((team) => ({
      id: 'inbound',
      calendar: 'office',
      members: ['ana', 'ben', 'cem'],
      ownerOfLastResort: 'sam',
      ...team,
    })),
    reps: names.map((id) => ({ id, name: id, email: `${id}@example.com`, ...reps[id] })),
    accounts,
  });
  if ('faults' in result) throw new Error(JSON.stringify(result.faults));
  return result.roster;
}

const routing: RoutingDefinition = {
  sticky: ['lead-owner', 'account-owner'],
  rules: [
    { id: 'technical', to: 'team:inbound', skills: ['api'] },
    { id: 'everyone', to: 'team:inbound', skills: [] },
  ],
  fallback: 'team:inbound',
};

function aRequest(changes: Partial<OwnerRequest> & { roster?: Roster } = {}): OwnerRequest {
  const { roster = aRoster(), ...rest } = changes;
  return {
    directory: compileRoster(3, roster),
    routing,
    holds: ['everyone'],
    now: noon,
    current: null,
    account: { domain: null, owner: null },
    rotations: {},
    open: {},
    ...rest,
  };
}

const whyNot = (request: OwnerRequest) =>
  Object.fromEntries(
    chooseOwner(request)
      .decision.tried.at(-1)
      ?.considered.map(({ rep, why }) => [rep, why]) ?? [],
  );

describe('choosing an owner', () => {
  it('takes the first rule that holds and has someone eligible, and says who was considered', () => {
    const choice = chooseOwner(aRequest({ holds: ['technical', 'everyone'] }));
    expect(choice.owner).toEqual({ rep: 'ana', team: 'inbound' });
    expect(choice.decision).toMatchObject({ by: 'rule', rule: 'everyone', rosterVersion: 3 });
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
});

describe('owners who stick', () => {
  const current = { rep: 'cem', team: 'inbound' };

  it('keeps the owner the lead had', () => {
    const choice = chooseOwner(aRequest({ current, account: { domain: 'acme.io', owner: 'ben' } }));
    expect(choice).toEqual({ owner: current, decision: { by: 'lead-owner', tried: [], rosterVersion: 3 } });
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
  });
});

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

  it('gives newcomers their turn without favouring them for ever', () => {
    const { rotation } = nextInRotation({ gone: 4 }, [
      { rep: 'a', weight: 1 },
      { rep: 'new', weight: 1 },
    ]);
    expect(rotation).toEqual({ gone: 4, a: -1, new: 1 });
  });
});

describe('the name of an owner', () => {
  it.each([
    ['rep:ana', { rep: 'ana', team: null }],
    ['team:inbound', { rep: null, team: 'inbound' }],
    ['ana', null],
    ['rep:', null],
    ['rep:a b', null],
    ['user:ana', null],
  ])('reads %j', (text, owner) => {
    expect(parseOwner(text)).toEqual(owner);
    if (owner !== null) expect(ownerName(owner)).toBe(text);
  });

  it('is the same rep in whichever team', () => {
    expect(sameOwner({ rep: 'ana', team: 'a' }, { rep: 'ana', team: 'b' })).toBe(true);
    expect(sameOwner({ rep: null, team: 'a' }, { rep: 'ana', team: 'a' })).toBe(false);
    expect(sameOwner(null, { rep: 'ana', team: 'a' })).toBe(false);
    expect(sameOwner(null, null)).toBe(true);
  });
});
