import { checkCalendar } from './check-roster-calendar.js';
import { Faults, type Place, type RosterFault, type Unchecked, isRecord } from './roster-faults.js';

/** Every fault of a roster document, in the order of the document; none when it may be used. */
export function checkRoster(value: unknown): readonly RosterFault[] {
  const faults = new Faults();
  const root = faults.record('', value, { required: ['calendars', 'teams', 'reps'], optional: ['accounts'] });
  if (root === null) return faults.found;
  const known = { calendars: keysOf(root['calendars']), reps: idsOf(root['reps']) };
  for (const [name, calendar] of entriesOf(faults, '/calendars', root['calendars'])) {
    faults.id(`/calendars/${name}`, name);
    checkCalendar(faults, `/calendars/${name}`, calendar);
  }
  checkTeams({ faults, path: '/teams' }, root['teams'], known);
  checkReps({ faults, path: '/reps' }, root['reps'], known);
  for (const [domain, rep] of entriesOf(faults, '/accounts', root['accounts'] ?? {})) {
    known.reps.check({ faults, path: `/accounts/${domain}` }, rep);
  }
  return faults.found;
}

interface Known {
  readonly calendars: Names;
  readonly reps: Names;
}

function checkTeams({ faults, path }: Place, value: unknown, known: Known): void {
  const teams = faults.list(path, value);
  if (teams?.length === 0) faults.add(path, 'expected at least one team');
  faults.uniqueIds(path, teams);
  for (const [index, item] of (teams ?? []).entries()) {
    const at = `${path}/${index}`;
    const required = ['id', 'calendar', 'members', 'ownerOfLastResort'];
    const team = faults.record(at, item, { required, optional: ['name', 'manager'] });
    if (team === null) continue;
    faults.id(`${at}/id`, team['id']);
    faults.text(`${at}/name`, team['name'] ?? 'unnamed');
    known.calendars.check({ faults, path: `${at}/calendar` }, team['calendar']);
    known.reps.check({ faults, path: `${at}/ownerOfLastResort` }, team['ownerOfLastResort']);
    if (team['manager'] !== undefined) known.reps.check({ faults, path: `${at}/manager` }, team['manager']);
    checkMembers({ faults, path: `${at}/members` }, team['members'], known.reps);
  }
}

function checkMembers({ faults, path }: Place, value: unknown, reps: Names): void {
  const members = faults.list(path, value) ?? [];
  for (const [index, member] of members.entries()) {
    reps.check({ faults, path: `${path}/${index}` }, member);
    if (members.indexOf(member) < index) faults.add(`${path}/${index}`, `"${String(member)}" is a member twice`);
  }
}

function checkReps({ faults, path }: Place, value: unknown, known: Known): void {
  const reps = faults.list(path, value);
  faults.uniqueIds(path, reps);
  for (const [index, item] of (reps ?? []).entries()) {
    const at = `${path}/${index}`;
    const optional = ['weight', 'capacity', 'skills', 'leave', 'notify', 'calendar'];
    const rep = faults.record(at, item, { required: ['id', 'name', 'email'], optional });
    if (rep === null) continue;
    faults.id(`${at}/id`, rep['id']);
    faults.text(`${at}/name`, rep['name']);
    if (!/^[^@\s]+@[^@\s]+$/.test(String(rep['email']))) faults.add(`${at}/email`, 'expected an e-mail address');
    checkCounts({ faults, path: at }, rep);
    faults.texts(`${at}/skills`, rep['skills'] ?? []);
    faults.texts(`${at}/notify`, rep['notify'] ?? []);
    checkLeave({ faults, path: `${at}/leave` }, rep['leave'] ?? []);
    if (rep['calendar'] !== undefined) known.calendars.check({ faults, path: `${at}/calendar` }, rep['calendar']);
  }
}

function checkCounts({ faults, path }: Place, rep: Unchecked): void {
  const { weight = 1, capacity = 1 } = rep;
  if (typeof weight !== 'number' || !(weight > 0 && weight <= 1000)) {
    faults.add(`${path}/weight`, 'expected a positive number, at most 1000');
  }
  if (!Number.isInteger(capacity) || Number(capacity) <= 0) {
    faults.add(`${path}/capacity`, 'expected a positive whole number; leave it out for no limit');
  }
}

function checkLeave({ faults, path }: Place, value: unknown): void {
  for (const [index, item] of (faults.list(path, value) ?? []).entries()) {
    const leave = faults.record(`${path}/${index}`, item, { required: ['from', 'to'], optional: [] });
    if (leave === null) continue;
    const days = [faults.date(`${path}/${index}/from`, leave['from']), faults.date(`${path}/${index}/to`, leave['to'])];
    const [from, to] = days;
    if (from != null && to != null && to < from)
      faults.add(`${path}/${index}`, 'the last day of leave is before the first');
  }
}

/** The names that another part of the roster may refer to. */
interface Names {
  check(place: Place, name: unknown): void;
}

function namesOf(kind: string, names: readonly unknown[]): Names {
  return {
    check({ faults, path }, name) {
      if (names.includes(name)) return;
      const listed = names.length === 0 ? 'none is defined' : `defined are ${names.slice(0, 20).join(', ')}`;
      faults.add(path, `"${String(name)}" is no ${kind} of this roster; ${listed}`);
    },
  };
}

function keysOf(value: unknown): Names {
  return namesOf('calendar', isRecord(value) ? Object.keys(value) : []);
}

function idsOf(value: unknown): Names {
  const items = Array.isArray(value) ? value.filter(isRecord) : [];
  return namesOf(
    'rep',
    items.map((item) => String(item['id'])),
  );
}

function entriesOf(faults: Faults, path: string, value: unknown): [string, unknown][] {
  if (isRecord(value)) return Object.entries(value);
  faults.add(path, 'expected a map');
  return [];
}
