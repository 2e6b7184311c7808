import { describe, expect, it } from '@jest/globals';
import { isKnownZone, offsetSegmentAt } from './zone-offsets.js';

const hour = 3_600_000;

describe('the offsets of a zone', () => {
  it.each([
    ['UTC', '2026-03-04T12:00:00Z', 0],
    ['Asia/Kathmandu', '2026-03-04T12:00:00Z', 5.75 * hour],
    ['America/St_Johns', '2026-01-04T12:00:00Z', -3.5 * hour],
    ['Africa/Monrovia', '1971-01-01T00:00:00Z', -(44 * 60 + 30) * 1000],
  ])('of %s at %s are %d ms', (zone, at, offset) => {
    expect(offsetSegmentAt(zone, Date.parse(at)).offset).toBe(offset);
  });

  it('meet at the very moment of a change', () => {
    const change = Date.parse('2026-03-29T01:00:00Z');
    const [before, after] = [offsetSegmentAt('Europe/Berlin', change - 1), offsetSegmentAt('Europe/Berlin', change)];
    expect([before.offset, before.end]).toEqual([hour, change]);
    expect([after.offset, after.start]).toEqual([2 * hour, change]);
    expect(after.end).toBeGreaterThan(change);
  });

  it('are known of the zones that there are', () => {
    expect([isKnownZone('Europe/Berlin'), isKnownZone('Mars/Base')]).toEqual([true, false]);
    expect(() => offsetSegmentAt('Mars/Base', 0)).toThrow(RangeError);
  });
});
