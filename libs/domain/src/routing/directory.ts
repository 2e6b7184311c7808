import { type Calendar, compileCalendar, isOpen, localDay } from '../hours/calendar.js';
import { parseDay } from '../hours/calendar-hours.js';
import type { Rep, Roster, Team } from './roster.js';

/** A roster made ready for questions; one per roster version. */
export interface Directory {
  readonly version: number;
  readonly roster: Roster;
  readonly teams: ReadonlyMap<string, Team>;
  readonly reps: ReadonlyMap<string, Rep>;
  readonly calendars: ReadonlyMap<string, Calendar>;
}

/** Compiles a roster that `validateRoster` accepted. */
export function compileRoster(version: number, roster: Roster): Directory {
  return {
    version,
    roster,
    teams: new Map(roster.teams.map((team) => [team.id, team])),
    reps: new Map(roster.reps.map((rep) => [rep.id, rep])),
    calendars: new Map(Object.entries(roster.calendars).map(([name, calendar]) => [name, compileCalendar(calendar)])),
  };
}

/** Whether the rep is on leave on the local date of their calendar; the zone is UTC for a rep without any. */
export function isOnLeave(directory: Directory, rep: Rep, now: number): boolean {
  if (rep.leave.length === 0) return false;
  const name = rep.calendar ?? teamOfRep(directory, rep.id)?.calendar;
  const zone = (name === undefined ? undefined : directory.calendars.get(name))?.zone ?? 'UTC';
  const today = localDay(zone, now);
  return rep.leave.some(
    (leave) => (parseDay(leave.from) ?? Infinity) <= today && today <= (parseDay(leave.to) ?? -Infinity),
  );
}

/** Whether the rep is at work for the team now: their own hours, else the team's, and not on leave. */
export function isOnShift(directory: Directory, member: { rep: Rep; team: Team }, now: number): boolean {
  const { rep, team } = member;
  const calendar = directory.calendars.get(rep.calendar ?? team.calendar);
  return calendar !== undefined && isOpen(calendar, now) && !isOnLeave(directory, rep, now);
}

/** The first team on the roster that the rep belongs to. */
export function teamOfRep(directory: Directory, rep: string): Team | undefined {
  return directory.roster.teams.find((team) => team.members.includes(rep));
}

/** The members of a team that the roster knows, in its order. */
export function membersOf(directory: Directory, team: Team): readonly Rep[] {
  return team.members.flatMap((id) => directory.reps.get(id) ?? []);
}
