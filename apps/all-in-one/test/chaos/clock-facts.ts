import { leadActivityRecorded } from '@baton/contracts/lead-events';
import { type ClockFactData, clockBreached, clockCorrected, clockStarted } from '@baton/contracts/sla-clocks';
import type { LogRecord } from '@baton/messaging/record';
import type { RecordedTopic } from './recorded.js';

const momentMs = 1_000;
/** A touch as late as this before its clock was due counts as one in the last moment. */
const lastMomentMs = 10_000;

export interface ClockFacts {
  readonly faults: readonly string[];
  readonly tally: {
    readonly started: number;
    readonly breached: number;
    readonly corrected: number;
    readonly incomplete: number;
    /** Clocks whose touch the topic surely had before they were due. */
    readonly touchedInTime: number;
    /** Of them, those whose touch came in the last moment. */
    readonly inTheLastMoment: number;
  };
}

/** A span of time, epoch ms. */
interface Span {
  readonly from: number;
  readonly to: number;
}

interface Touches {
  readonly events: RecordedTopic;
  /** When the product had confirmed each touch, epoch ms. */
  readonly confirmedAt: ReadonlyMap<string, number>;
  /** When some broker was not well: what is sent to it then may lie there for as long. */
  readonly brokenBrokers: readonly Span[];
}

/** Whether the topic surely had a touch of a lead by then (epoch ms). */
type HadBy = (lead: string, event: string, then: number) => boolean;

/** A message of Kafka says when it was sent: the topic has it a moment later, if all brokers are well. The tables say nothing. */
export function touchesIn({ events: { records, appendedAt }, confirmedAt, brokenBrokers }: Touches): HadBy {
  const told = records.filter(({ envelope }) => envelope.type === leadActivityRecorded.type);
  const sentAt = new Map(
    told.map(({ key, envelope }) => {
      const { eventId } = envelope.data as { eventId: string };
      // What was told again under a survivor was confirmed long before.
      const confirmed = envelope.id.endsWith(`@${key}`) ? undefined : confirmedAt.get(eventId);
      return [`${key} ${eventId}`, appendedAt.size > 0 ? appendedAt.get(envelope.id) : confirmed];
    }),
  );
  return (lead, event, then) => {
    const sent = sentAt.get(`${lead} ${event}`) ?? then;
    return sent + momentMs < then && !brokenBrokers.some(({ from, to }) => from < then && to > sent - momentMs);
  };
}

/** Whether each clock was started once, breached once unless it was corrected, and never where its touch was there in time. */
export function checkClockFacts(records: readonly LogRecord[], hadBy: HadBy): ClockFacts {
  const faults: string[] = [];
  const tally = { started: 0, breached: 0, corrected: 0, incomplete: 0, touchedInTime: 0, inTheLastMoment: 0 };
  const facts = records.map(({ key, envelope }) => ({
    lead: key,
    type: envelope.type,
    data: envelope.data as ClockFactData & { basis?: string },
  }));
  for (const [id, ofClock] of Map.groupBy(facts, ({ data }) => data.clock.id)) {
    const started = ofClock.filter(({ type }) => type === clockStarted.type);
    const breaches = ofClock.filter(({ type }) => type === clockBreached.type);
    const corrections = ofClock.filter(({ type }) => type === clockCorrected.type);
    if (started.length !== 1) faults.push(`${id} was started ${started.length} times`);
    if (breaches.length > 1 + corrections.length)
      faults.push(`${id} was breached ${breaches.length} times and corrected ${corrections.length} times`);
    const { lead, data } = ofClock.at(-1)!;
    const { touch, dueAt } = data.clock;
    const complete = breaches.filter(({ data: { basis } }) => basis === 'complete');
    if (touch !== null && hadBy(lead, touch.event, Date.parse(dueAt))) {
      tally.touchedInTime += 1;
      tally.inTheLastMoment += Date.parse(dueAt) - Date.parse(touch.at) < lastMomentMs ? 1 : 0;
      if (complete.length > 0)
        faults.push(`${id} was breached at ${dueAt}, although ${touch.event} was in the topic before`);
    }
    tally.started += started.length;
    tally.breached += breaches.length;
    tally.corrected += corrections.length;
    tally.incomplete += breaches.length - complete.length;
  }
  return { faults, tally };
}
