import { leadActivityRecorded } from '@baton/contracts/lead-events';
import { clockBreached, clockCorrected, clockMet, clockStarted } from '@baton/contracts/sla-clocks';
import type { LogRecord } from '@baton/messaging/record';
import { describe, expect, it } from '@jest/globals';
import { checkClockFacts, touchesIn } from './clock-facts.js';

const due = Date.parse('2026-03-04T10:00:08.000Z');
const time = (at: number) => new Date(at).toISOString();

function record(type: string, data: object): LogRecord {
  return { key: 'lead', envelope: { id: type, type, data } } as unknown as LogRecord;
}

function clock(type: string, touchedAt: number | null, basis?: string): LogRecord {
  const touch = touchedAt === null ? null : { event: 'activities:touch-1', at: time(touchedAt), kind: 'call' };
  return record(type, { clock: { id: 'lead:1', dueAt: time(due), touch }, basis });
}

/** The clock was touched at a time that the topic had when it was due. */
function checked(
  facts: readonly LogRecord[],
  { sentAt = due - 2_000, brokenBrokers = [] as { from: number; to: number }[] } = {},
) {
  const told = record(leadActivityRecorded.type, { eventId: 'activities:touch-1' });
  const events = { records: [told], appendedAt: new Map([[told.envelope.id, sentAt]]), foreign: 0, repeated: 0 };
  return checkClockFacts(facts, touchesIn({ events, confirmedAt: new Map(), brokenBrokers }));
}

describe('the oracle of what clocks tell', () => {
  const started = clock(clockStarted.type, null);
  const breached = clock(clockBreached.type, null, 'complete');
  const met = (at: number) => clock(clockMet.type, at);

  it.each([
    ['in the last moment', due - 2_000, 1],
    ['early', due - 20_000, 0],
  ])('counts a clock that was touched in time, %s', (_when, at, inTheLastMoment) => {
    const { faults, tally } = checked([started, met(at)]);
    expect(faults).toEqual([]);
    expect(tally).toMatchObject({ started: 1, breached: 0, touchedInTime: 1, inTheLastMoment });
  });

  it('finds a breach of a promise whose touch the topic had in time, though it was corrected', () => {
    const { faults } = checked([started, breached, clock(clockCorrected.type, due - 2_000)]);
    expect(faults).toEqual([expect.stringContaining('although activities:touch-1 was in the topic before')]);
  });

  it.each([
    ['came to the topic later', { sentAt: due - 500 }],
    ['may have lain at a broker that was not well', { brokenBrokers: [{ from: due - 3_000, to: due + 3_000 }] }],
  ])('holds nothing against a breach whose touch %s', (_what, circumstances) => {
    const { faults, tally } = checked([started, breached, clock(clockCorrected.type, due - 2_000)], circumstances);
    expect([faults, tally.touchedInTime]).toEqual([[], 0]);
  });

  it('finds a clock that was started twice, and one that was breached twice', () => {
    expect(checked([started, started, met(due)]).faults).toEqual(['lead:1 was started 2 times']);
    expect(checked([started, breached, breached]).faults).toEqual([
      'lead:1 was breached 2 times and corrected 0 times',
    ]);
  });
});
