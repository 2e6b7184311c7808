import type { CalendarDefinition } from '../hours/calendar.js';
import { checkRoster } from './check-roster.js';
import type { RosterFault } from './roster-faults.js';

/** Who works here and when: teams, reps, calendars, leave, capacity. Changes daily, so it is no part of a playbook. */
export interface Roster {
  readonly calendars: Readonly<Record<string, CalendarDefinition>>;
  readonly teams: readonly Team[];
  readonly reps: readonly Rep[];
  /** Named account owners: account domain → rep id. */
  readonly accounts: Readonly<Record<string, string>>;
}

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly calendar: string;
  /** Rep ids, in the order that settles ties of the rotation. */
  readonly members: readonly string[];
  readonly manager?: string;
  readonly ownerOfLastResort: string;
}

export interface Rep {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly weight: number;
  /** How many open leads at most; absent: no limit. */
  readonly capacity?: number;
  readonly skills: readonly string[];
  /** Local dates, both inclusive. */
  readonly leave: readonly { readonly from: string; readonly to: string }[];
  readonly notify: readonly string[];
  /** Absent: the calendar of the team. */
  readonly calendar?: string;
}

/** Reads a roster (parsed YAML or JSON) whole: the roster with its defaults filled in, or every fault it has. */
export function validateRoster(value: unknown): { roster: Roster } | { faults: readonly RosterFault[] } {
  const faults = checkRoster(value);
  if (faults.length > 0) return { faults };
  const document = value as RosterDocument;
  return {
    roster: {
      calendars: mapValues(document.calendars, (calendar) => ({
        zone: calendar.zone,
        hours: { ...calendar.hours },
        holidays: calendar.holidays ?? [],
      })),
      teams: document.teams.map((team) => ({ ...team, name: team.name ?? team.id })),
      reps: document.reps.map((rep) => ({
        ...rep,
        weight: rep.weight ?? 1,
        skills: rep.skills ?? [],
        leave: rep.leave ?? [],
        notify: rep.notify ?? ['console'],
      })),
      accounts: mapKeys(document.accounts ?? {}, (domain) => domain.toLowerCase()),
    },
  };
}

/** What the check has found to be there. */
interface RosterDocument {
  calendars: Record<string, { zone: string; hours: Record<string, string[]>; holidays?: string[] }>;
  teams: (Omit<Team, 'name'> & { name?: string })[];
  reps: (Omit<Rep, 'weight' | 'skills' | 'leave' | 'notify'> & Partial<Rep>)[];
  accounts?: Record<string, string>;
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function mapKeys<Value>(record: Readonly<Record<string, Value>>, map: (key: string) => string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [map(key), value]));
}
