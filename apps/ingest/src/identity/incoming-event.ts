import { visitorEventAccepted } from '@baton/contracts/visitor-events';
import type { DataOf } from '@baton/contracts/envelope';
import type { DecodedEvent } from '../decode/decoded-event.js';

/** What of an event is kept: ids and times stand beside it. */
export type EventContent = Omit<DecodedEvent, 'messageId' | 'at'>;

/** A raw accepted event as `visitor.events` delivers it, times in epoch milliseconds. */
export interface IncomingEvent {
  /** `<source>:<messageId>`, has effect once for ever. */
  readonly eventId: string;
  /** Came with a secret key. */
  readonly trusted: boolean;
  readonly at: number;
  readonly receivedAt: number;
  readonly content: EventContent;
}

export type VisitorEventAccepted = DataOf<typeof visitorEventAccepted>;

export function incomingEvent({ eventId, trusted, at, receivedAt, event }: VisitorEventAccepted): IncomingEvent {
  const content = event as unknown as EventContent;
  return { eventId, trusted, at: Date.parse(at), receivedAt: Date.parse(receivedAt), content };
}

export function acceptedData(
  source: string,
  event: DecodedEvent,
  origin: { trusted: boolean; receivedAt: string },
): VisitorEventAccepted {
  const { messageId, at, ...content } = event;
  return {
    eventId: `${source}:${messageId}`,
    source,
    trusted: origin.trusted,
    receivedAt: origin.receivedAt,
    at: new Date(at).toISOString(),
    event: content,
  };
}

/** The source is what stands before the first colon; message ids may contain more of them. */
export function sourceOf(eventId: string): string {
  return eventId.slice(0, eventId.indexOf(':'));
}

/** Order among events is always (event time, event id). */
export function byEventTime(left: { at: number; eventId: string }, right: { at: number; eventId: string }): number {
  return left.at - right.at || (left.eventId < right.eventId ? -1 : left.eventId > right.eventId ? 1 : 0);
}
