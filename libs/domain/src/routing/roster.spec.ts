import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validateRoster } from './roster.js';

function aDocument(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    calendars: {
      berlin: { zone: 'Europe/Berlin', hours: { 'mon-fri': ['09:00-12:00', '13:00-17:30'] }, holidays: ['2026-12-25'] },
      always: { zone: 'UTC', hours: { 'mon-sun': ['00:00-24:00'] } },
    },
    teams: [
      {
        id: 'inbound',
        name: 'Inbound',
        calendar: 'berlin',
        members: ['ana', 'ben'],
        manager: 'sam',
        ownerOfLastResort: 'sam',
      },
    ],
    reps: [
      {
        id: 'ana',
        name: 'Ana Diaz',
        email: 'ana@example.com',
        weight: 2,
        capacity: 40,
        skills: ['saas', 'de'],
        leave: [{ from: '2026-12-21', to: '2026-12-31' }],
        notify: ['console', 'slack:#inbound'],
      },
      { id: 'ben', name: 'Ben Ode', email: 'ben@example.com' },
      { id: 'sam', name: 'Sam Roy', email: 'sam@example.com', calendar: 'always' },
    ],
    accounts: { 'Acme.io': 'ana' },
    ...changes,
  };
}

function rosterOf(document: unknown) {
  const result = validateRoster(document);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults));
  return result.roster;
}

function faultsOf(document: unknown): Record<string, string> {
  const result = validateRoster(document);
  return 'faults' in result ? Object.fromEntries(result.faults.map(({ path, message }) => [path, message])) : {};
}

const ben = { id: 'ben', name: 'Ben', email: 'ben@example.com' };
const aTeam = { id: 't', calendar: 'berlin', members: [], ownerOfLastResort: 'sam' };
const hours = (value: unknown) => ({ calendars: { c: { zone: 'UTC', hours: value } } });

describe('a roster', () => {
  it('is taken whole, with its defaults filled in', () => {
    const roster = rosterOf(aDocument());
    expect(roster.reps[1]).toEqual({ ...ben, name: 'Ben Ode', weight: 1, skills: [], leave: [], notify: ['console'] });
    expect(roster.calendars['always']?.holidays).toEqual([]);
    expect(roster.reps[0]).toMatchObject({ weight: 2, capacity: 40, skills: ['saas', 'de'] });
    expect(roster.teams[0]?.name).toBe('Inbound');
    expect(rosterOf(aDocument({ teams: [aTeam] })).teams[0]?.name).toBe('t');
  });

  it.each([
    ['hours of a day in any order', hours({ mon: ['13:00-17:00', '09:00-12:00'] })],
    ['hours that touch', hours({ mon: ['09:00-12:00', '12:00-13:00'] })],
    ['hours that touch, the later first', hours({ mon: ['12:00-13:00', '09:00-12:00'] })],
  ])('takes %s', (_, { calendars }) => {
    expect(faultsOf(aDocument({ calendars: { ...(aDocument()['calendars'] as object), ...calendars } }))).toEqual({});
  });

  it('takes the heaviest weight', () => {
    const reps = aDocument()['reps'] as object[];
    expect(rosterOf(aDocument({ reps: [...reps, { ...ben, id: 'big', weight: 1000 }] })).reps.at(-1)?.weight).toBe(
      1000,
    );
  });

  it('knows account domains in lower case', () => {
    expect(rosterOf(aDocument()).accounts).toEqual({ 'acme.io': 'ana' });
  });

  it('validates to itself once it was accepted', () => {
    const roster = rosterOf(aDocument());
    expect(rosterOf(JSON.parse(JSON.stringify(roster)))).toEqual(roster);
  });

  it.each([
    [
      'an unknown member',
      { teams: [{ id: 't', calendar: 'berlin', members: ['eve'], ownerOfLastResort: 'sam' }] },
      '/teams/0/members/0',
      'eve',
    ],
    [
      'a member twice',
      { teams: [{ id: 't', calendar: 'berlin', members: ['ana', 'ana'], ownerOfLastResort: 'sam' }] },
      '/teams/0/members/1',
      'twice',
    ],
    [
      'an unknown manager',
      { teams: [{ id: 't', calendar: 'berlin', members: [], manager: 'eve', ownerOfLastResort: 'sam' }] },
      '/teams/0/manager',
      'eve',
    ],
    [
      'an unknown calendar',
      { teams: [{ id: 't', calendar: 'mars', members: [], ownerOfLastResort: 'sam' }] },
      '/teams/0/calendar',
      'berlin',
    ],
    [
      'a team without an owner of last resort',
      { teams: [{ id: 't', calendar: 'berlin', members: [] }] },
      '/teams/0/ownerOfLastResort',
      'missing',
    ],
    ['no team at all', { teams: [] }, '/teams', 'at least one'],
    [
      'the id of a team used twice',
      { teams: ['t', 't'].map((id) => ({ id, calendar: 'berlin', members: [], ownerOfLastResort: 'sam' })) },
      '/teams/1/id',
      '"t" is used twice',
    ],
    ['two teams without an id', { teams: [{}, {}] }, '/teams/1/id', 'missing'],
    ['a team whose name is no text', { teams: [{ ...aTeam, name: 7 }] }, '/teams/0/name', 'text'],
    ['a calendar named in capitals', { calendars: { Berlin: {} } }, '/calendars/Berlin', 'lower-case'],
    ['an id with capitals', { reps: [{ ...ben, id: 'Ben' }] }, '/reps/0/id', 'lower-case'],
    ['an id with a blank', { reps: [{ ...ben, id: 'ben o' }] }, '/reps/0/id', 'lower-case'],
    ['an id that is a number', { reps: [{ ...ben, id: 7 }] }, '/reps/0/id', 'lower-case'],
    ['a name of blanks', { reps: [{ ...ben, name: '  ' }] }, '/reps/0/name', 'text'],
    ['a rep that is no map', { reps: ['ben'] }, '/reps/0', 'map with id, name, email'],
    ['an e-mail that is none', { reps: [{ ...ben, email: 'ben' }] }, '/reps/0/email', 'e-mail'],
    ['a name before the e-mail', { reps: [{ ...ben, email: 'Ben ben@example.com' }] }, '/reps/0/email', 'e-mail'],
    ['a word after the e-mail', { reps: [{ ...ben, email: 'ben@example.com (work)' }] }, '/reps/0/email', 'e-mail'],
    ['a weight of zero', { reps: [{ ...ben, weight: 0 }] }, '/reps/0/weight', 'positive'],
    ['a weight over a thousand', { reps: [{ ...ben, weight: 1001 }] }, '/reps/0/weight', 'at most 1000'],
    ['a weight that is text', { reps: [{ ...ben, weight: '2' }] }, '/reps/0/weight', 'positive'],
    ['a capacity below one', { reps: [{ ...ben, capacity: 0 }] }, '/reps/0/capacity', 'positive'],
    ['half a capacity', { reps: [{ ...ben, capacity: 1.5 }] }, '/reps/0/capacity', 'whole'],
    [
      'leave that ends before it starts',
      { reps: [{ ...ben, leave: [{ from: '2026-02-02', to: '2026-02-01' }] }] },
      '/reps/0/leave/0',
      'before the first',
    ],
    [
      'leave on no date',
      { reps: [{ ...ben, leave: [{ from: 'monday', to: '2026-02-01' }] }] },
      '/reps/0/leave/0/from',
      'monday',
    ],
    ['a rep with an unknown calendar', { reps: [{ ...ben, calendar: 'mars' }] }, '/reps/0/calendar', 'mars'],
    ['a skill that is no text', { reps: [{ ...ben, skills: [7] }] }, '/reps/0/skills/0', 'text'],
    ['a channel that is no text', { reps: [{ ...ben, notify: [7] }] }, '/reps/0/notify/0', 'text'],
    ['leave that is no map', { reps: [{ ...ben, leave: ['2026-02-01'] }] }, '/reps/0/leave/0', 'from, to'],
    ['an unknown key', { reps: [{ ...ben, wieght: 2 }] }, '/reps/0/wieght', 'allowed are id, name, email, weight'],
    ['an account of nobody', { accounts: { 'acme.io': 'eve' } }, '/accounts/acme.io', 'eve'],
    ['accounts in a list', { accounts: ['acme.io'] }, '/accounts', 'map'],
    [
      'an unknown zone',
      { calendars: { c: { zone: 'Mars/Base', hours: { mon: ['09:00-10:00'] } } } },
      '/calendars/c/zone',
      'Europe/Berlin',
    ],
    [
      'a zone in a list',
      { calendars: { c: { zone: ['UTC'], hours: { mon: ['09:00-10:00'] } } } },
      '/calendars/c/zone',
      'Europe/Berlin',
    ],
    ['overlapping hours', hours({ mon: ['09:00-12:00', '11:00-13:00'] }), '/calendars/c/hours/mon/1', 'overlaps'],
    [
      'hours that overlap by way of a range',
      hours({ 'mon-fri': ['09:00-12:00'], fri: ['08:00-10:00'] }),
      '/calendars/c/hours/fri/0',
      'overlaps',
    ],
    [
      'a range that overlaps the hours of one day',
      hours({ fri: ['08:00-10:00'], 'mon-fri': ['09:00-12:00'] }),
      '/calendars/c/hours/mon-fri/0',
      'hours of fri',
    ],
    ['hours over midnight', hours({ mon: ['22:00-06:00'] }), '/calendars/c/hours/mon/0', 'midnight'],
    ['a weekday that is none', hours({ moonday: ['09:00-10:00'] }), '/calendars/c/hours/moonday', 'mon-fri'],
    ['a calendar that never opens', hours({ mon: [] }), '/calendars/c/hours', 'at least one'],
    ['hours that are no map', hours(['09:00-10:00']), '/calendars/c/hours', 'map'],
    [
      'a holiday that is no date',
      { calendars: { c: { zone: 'UTC', hours: { mon: ['09:00-10:00'] }, holidays: ['xmas'] } } },
      '/calendars/c/holidays/0',
      'xmas',
    ],
  ])('is refused with %s', (_, changes, path, word) => {
    expect(faultsOf(aDocument(changes as Record<string, unknown>))[path]).toContain(word);
  });

  const otherReps = (aDocument()['reps'] as object[]).filter((rep) => !('id' in rep) || rep.id !== 'ben');
  const otherCalendars = aDocument()['calendars'] as object;
  it.each([
    [{ calendars: ['berlin'] }, ['/calendars', '/teams/0/calendar', '/reps/2/calendar']],
    [{ teams: {}, reps: {}, accounts: {} }, ['/teams', '/reps']],
    [{ teams: [{ ...aTeam, members: 'ana' }] }, ['/teams/0/members']],
    [{ reps: [...otherReps, { ...ben, skills: 'saas' }] }, ['/reps/2/skills']],
    [{ reps: [...otherReps, { ...ben, leave: '2026-02-01' }] }, ['/reps/2/leave']],
    [{ reps: [...otherReps, { ...ben, leave: [{ from: '2026-02-01', to: 'monday' }] }] }, ['/reps/2/leave/0/to']],
    [{ accounts: ['acme.io'] }, ['/accounts']],
    [
      {
        calendars: {
          ...otherCalendars,
          c: { zone: 'UTC', hours: { mon: '9-10', tue: ['09:00-10:00'] }, holidays: '' },
        },
      },
      ['/calendars/c/hours/mon', '/calendars/c/holidays'],
    ],
    [{ calendars: { ...otherCalendars, c: 'UTC' } }, ['/calendars/c']],
  ])('names the place that is wrong and no other: %j', (changes, places) => {
    expect(Object.keys(faultsOf(aDocument(changes)))).toEqual(places);
  });

  it('says which names it does know, at most twenty of them', () => {
    const stranger = { teams: [{ ...aTeam, members: ['eve'], calendar: 'mars' }] };
    expect(faultsOf(aDocument(stranger))).toEqual({
      '/teams/0/members/0': '"eve" is no rep of this roster; defined are ana, ben, sam',
      '/teams/0/calendar': '"mars" is no calendar of this roster; defined are berlin, always',
    });
    const many = Array.from({ length: 21 }, (_, index) => ({ ...ben, id: `r${index + 1}` }));
    expect(faultsOf(aDocument({ ...stranger, reps: many }))['/teams/0/members/0']).toMatch(/ r20$/);
    const none = faultsOf(aDocument({ calendars: [], reps: {} }));
    expect(none['/teams/0/calendar']).toContain('none is defined');
    expect(none['/teams/0/members/0']).toContain('none is defined');
  });

  it('is refused with everything that is wrong at once, each place named once', () => {
    const faults = faultsOf({
      calendars: { c: { zone: 'x' } },
      teams: [{ id: 'T' }],
      reps: [{ weight: -1 }],
      extra: 1,
    });
    expect(Object.keys(faults)).toEqual([
      '/extra',
      '/calendars/c/hours',
      '/calendars/c/zone',
      '/teams/0/calendar',
      '/teams/0/members',
      '/teams/0/ownerOfLastResort',
      '/teams/0/id',
      '/reps/0/id',
      '/reps/0/name',
      '/reps/0/email',
      '/reps/0/weight',
    ]);
  });

  it.each([[null], [7], ['roster'], [[]]])('is refused, not crashed on, when it is %j', (value) => {
    expect(faultsOf(value)).toHaveProperty('');
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.object({
          maxDepth: 4,
          key: fc.constantFrom('calendars', 'teams', 'reps', 'hours', 'id', '__proto__', 'members'),
        }),
        (value) => {
          expect(validateRoster(value)).toHaveProperty('faults');
        },
      ),
    );
  });
});
