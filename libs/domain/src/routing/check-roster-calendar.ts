import { type DayHours, parseDay, parseDayHours, parseWeekdays, weekdays } from '../hours/calendar-hours.js';
import { isKnownZone } from '../hours/zone-offsets.js';
import { type Faults, isRecord } from './roster-faults.js';

/** Adds every fault of one calendar: its zone, its hours (none may overlap), its holidays. */
export function checkCalendar(faults: Faults, path: string, value: unknown): void {
  const calendar = faults.record(path, value, { required: ['zone', 'hours'], optional: ['holidays'] });
  if (calendar === null) return;
  const zone = calendar['zone'];
  if (typeof zone !== 'string' || !isKnownZone(zone)) {
    faults.add(`${path}/zone`, `"${String(zone)}" is no known time zone; expected a name like Europe/Berlin or UTC`);
  }
  checkHours(faults, `${path}/hours`, calendar['hours']);
  for (const [index, holiday] of (faults.list(`${path}/holidays`, calendar['holidays'] ?? []) ?? []).entries()) {
    if (parseDay(String(holiday)) === null) {
      faults.add(`${path}/holidays/${index}`, `"${String(holiday)}" is no date; expected one like 2026-12-25`);
    }
  }
}

function checkHours(faults: Faults, path: string, value: unknown): void {
  if (!isRecord(value)) {
    faults.add(path, 'expected a map from weekdays (mon-fri) to lists of hours ("09:00-17:30")');
    return;
  }
  const week: DayHours[][] = weekdays.map(() => []);
  let open = false;
  for (const [key, texts] of Object.entries(value)) {
    const days = parseWeekdays(key);
    if (days === null)
      faults.add(`${path}/${key}`, `"${key}" is no weekday; expected mon, tue, … sun or a range such as mon-fri`);
    for (const [index, text] of (faults.list(`${path}/${key}`, texts) ?? []).entries()) {
      const at = `${path}/${key}/${index}`;
      const hours = parseDayHours(String(text));
      if (hours === null) {
        faults.add(
          at,
          `"${String(text)}" is no span of a day; expected one like 09:00-17:30, ending by 24:00 (split it at midnight)`,
        );
        continue;
      }
      open = true;
      const clash = (days ?? []).find((day) => week[day]?.some((other) => overlap(other, hours)));
      if (clash !== undefined) faults.add(at, `${String(text)} overlaps other hours of ${weekdays[clash] ?? key}`);
      for (const day of days ?? []) week[day]?.push(hours);
    }
  }
  if (!open) faults.add(path, 'expected at least one open span in the week');
}

function overlap(one: DayHours, other: DayHours): boolean {
  return one.opens < other.closes && other.opens < one.closes;
}
