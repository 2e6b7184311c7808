import { leadActivityRecorded, leadEngaged, leadOutcomeRecorded } from '@baton/contracts/lead-events';
import type { LogRecord } from '@baton/messaging/record';
import type { Merge } from './merges.js';

export interface EventsOnce {
  /** Event ids of what visitors did, of outcomes and of touches, as leads that go on have them. */
  readonly engaged: ReadonlySet<string>;
  readonly outcomes: ReadonlySet<string>;
  readonly touches: ReadonlySet<string>;
  /** Facts that were told again under a survivor. */
  readonly toldAgain: number;
  readonly faults: readonly string[];
}

interface Telling {
  readonly event: string;
  readonly at: number;
  readonly lead: string;
  readonly again: boolean;
  readonly index: number;
}

/**
 * What `lead.events` holds of each event. Once means: one telling under the lead that it happened to, and, for each absorption
 * on the line from there to the lead that goes on, one more under that survivor, behind `leads.merged`, in event-time order. So
 * every lead has an event once, and of all leads that go on exactly one has it.
 */
export function eventsOnce(events: readonly LogRecord[], merges: ReadonlyMap<string, Merge>): EventsOnce {
  const kinds = {
    engaged: tellingsOf(events, leadEngaged.type),
    outcomes: tellingsOf(events, leadOutcomeRecorded.type),
    touches: tellingsOf(events, leadActivityRecorded.type),
  };
  const all = Object.values(kinds);
  const faults = all.flatMap((tellings) => [...lineFaults(tellings, merges), ...historyFaults(tellings, merges)]);
  const living = (tellings: readonly Telling[]): ReadonlySet<string> =>
    new Set(tellings.filter(({ lead }) => !merges.has(lead)).map(({ event }) => event));
  return {
    engaged: living(kinds.engaged),
    outcomes: living(kinds.outcomes),
    touches: living(kinds.touches),
    toldAgain: all.flat().filter(({ again }) => again).length,
    faults,
  };
}

function tellingsOf(events: readonly LogRecord[], type: string): readonly Telling[] {
  return events.flatMap(({ key, envelope }, index) => {
    if (envelope.type !== type) return [];
    const { eventId, at } = envelope.data as { eventId: string; at: string };
    const again = envelope.id.endsWith(`@${key}`);
    return [{ event: eventId, at: Date.parse(at), lead: key, again, index }];
  });
}

/** Each event must have been told along one line of leads, from the one it happened to up to the one that goes on. */
function* lineFaults(tellings: readonly Telling[], merges: ReadonlyMap<string, Merge>): Generator<string> {
  for (const [event, told] of Map.groupBy(tellings, (telling) => telling.event)) {
    const first = told.filter(({ again }) => !again);
    if (first.length !== 1) {
      yield `${event} was told ${first.length} times as new`;
      continue;
    }
    const line = lineFrom(first[0]!.lead, merges);
    const leads = told.map(({ lead }) => lead).toSorted();
    if (JSON.stringify(leads) !== JSON.stringify(line.toSorted()))
      yield `${event} was told under ${leads.join(', ')} instead of once under each of ${line.join(', ')}`;
  }
}

function lineFrom(lead: string, merges: ReadonlyMap<string, Merge>): readonly string[] {
  const next = merges.get(lead)?.survivor;
  return next === undefined ? [lead] : [lead, ...lineFrom(next, merges)];
}

/** What a survivor is told again of a lead is all that the lead had, in event-time order, behind the merge. */
function* historyFaults(tellings: readonly Telling[], merges: ReadonlyMap<string, Merge>): Generator<string> {
  const byLead = Map.groupBy(tellings, ({ lead }) => lead);
  for (const { absorbed, survivor, index } of merges.values()) {
    const had = (byLead.get(absorbed) ?? []).toSorted(
      (one, other) => one.at - other.at || (one.event < other.event ? -1 : 1),
    );
    const behind = (byLead.get(survivor) ?? []).filter((telling) => telling.again && telling.index > index);
    const found = behind.slice(0, had.length).map(({ event }) => event);
    const expected = had.map(({ event }) => event);
    if (JSON.stringify(found) !== JSON.stringify(expected))
      yield `behind the merge with ${absorbed}, ${survivor} was told ${found.join(', ')} instead of ${expected.join(', ')}`;
  }
}
