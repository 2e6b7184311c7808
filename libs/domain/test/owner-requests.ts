import { chooseOwner } from '../src/routing/choose-owner.js';
import { compileRoster } from '../src/routing/directory.js';
import type { OwnerRequest } from '../src/routing/owner-request.js';
import { type Rep, type Roster, type Team, validateRoster } from '../src/routing/roster.js';
import type { RoutingDefinition } from '../src/playbook/definition.js';

export const noon = Date.parse('2026-03-04T12:00:00Z');
export const night = Date.parse('2026-03-04T23:00:00Z');
export const onLeave = [{ from: '2026-03-04', to: '2026-03-04' }];

interface RosterParts {
  reps?: Record<string, Partial<Rep>>;
  teams?: Partial<Team>[];
  accounts?: Record<string, string>;
}

/** A team `inbound` of ana, ben and cem who work 09:00 to 17:00 UTC on weekdays, with sam behind them. */
export function aRoster({ reps = {}, teams = [{}], accounts = {} }: RosterParts = {}): Roster {
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

export const routing: RoutingDefinition = {
  sticky: ['lead-owner', 'account-owner'],
  rules: [
    { id: 'technical', to: 'team:inbound', skills: ['api'] },
    { id: 'everyone', to: 'team:inbound', skills: [] },
  ],
  fallback: 'team:inbound',
};

export function aRequest(changes: Partial<OwnerRequest> & { roster?: Roster } = {}): OwnerRequest {
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

export const whyNot = (request: OwnerRequest) =>
  Object.fromEntries(
    chooseOwner(request)
      .decision.tried.at(-1)
      ?.considered.map(({ rep, why }) => [rep, why]) ?? [],
  );
