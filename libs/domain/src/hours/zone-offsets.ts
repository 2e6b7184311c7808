/** A stretch of time [start, end) in which a zone keeps one distance from UTC. All in ms. */
export interface OffsetSegment {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

const second = 1000;
const week = 7 * 24 * 3600 * second;
/** Bounds the memory of a zone to about eighty years of weeks. */
const cachedWeeks = 4096;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  readonly weeks: Map<number, readonly OffsetSegment[]>;
}

const zones = new Map<string, Zone>();

/** Whether this runtime knows the IANA zone. */
export function isKnownZone(zone: string): boolean {
  try {
    zoneNamed(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * The segment of constant offset that contains `at` (epoch ms); it may end before the zone's next change.
 * Assumes at most one change per zone and week. Throws a RangeError for an unknown zone or a time that is no time.
 */
export function offsetSegmentAt(zoneName: string, at: number): OffsetSegment {
  const zone = zoneNamed(zoneName);
  const index = Math.floor(at / week);
  let segments = zone.weeks.get(index);
  if (segments === undefined) {
    segments = segmentsOfWeek(zone, index);
    if (zone.weeks.size >= cachedWeeks) zone.weeks.clear();
    zone.weeks.set(index, segments);
  }
  const [first, last] = segments;
  return last === undefined || at < last.start ? (first as OffsetSegment) : last;
}

function zoneNamed(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = {
    format: new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' }),
    weeks: new Map(),
  };
  zones.set(name, zone);
  return zone;
}

function segmentsOfWeek(zone: Zone, index: number): readonly OffsetSegment[] {
  const start = index * week;
  const end = start + week;
  const before = offsetAt(zone, start);
  const after = offsetAt(zone, end);
  if (before === after) return [{ start, end, offset: before }];
  const change = changeBetween(zone, start, end);
  return [
    { start, end: change, offset: before },
    { start: change, end, offset: after },
  ];
}

/** First second in (start, end] at which the offset is no longer that of `start`, by bisection. */
function changeBetween(zone: Zone, start: number, end: number): number {
  const before = offsetAt(zone, start);
  let low = start / second;
  let high = end / second;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle * second) === before) low = middle;
    else high = middle;
  }
  return high * second;
}

function offsetAt(zone: Zone, at: number): number {
  const name = zone.format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /^GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(name);
  if (match === null) return 0;
  const [, sign, hours, minutes, seconds] = match;
  const distance = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0)) * second;
  return sign === '-' ? -distance : distance;
}
