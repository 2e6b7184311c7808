import type { Activity, EngagementEvent } from '@baton/contracts/lead-events';
import {
  leadActivityRecorded,
  leadEngaged,
  leadOutcomeRecorded,
  leadStageImported,
} from '@baton/contracts/lead-events';
import { type EventContent, type IncomingEvent, sourceOf } from './incoming-event.js';

/** A fact about a lead before it is told whose it is. */
export interface Fact {
  readonly type: string;
  readonly eventId: string;
  readonly at: number;
  readonly data: object;
}

export type HistoricEvent = Pick<IncomingEvent, 'eventId' | 'at' | 'receivedAt' | 'content'>;

/** Where a fact came from, in the words of its contract. */
export function originOf({ eventId, at, receivedAt, content }: HistoricEvent) {
  return {
    eventId,
    at: new Date(at).toISOString(),
    receivedAt: new Date(receivedAt).toISOString(),
    ...(content.historic && { historic: true as const }),
  };
}

/**
 * The facts that an event gives whoever it belongs to: what happened, and what sales or a CRM did. Profiles and identity
 * are the fold's. The same event gives the same facts whenever it is asked, so history can be published again.
 */
export function eventFacts(event: HistoricEvent): Fact[] {
  const { content, eventId, at } = event;
  const facts: Fact[] = [];
  const add = (type: string, data: object) => facts.push({ type, eventId, at, data: { ...originOf(event), ...data } });
  const engagement = engagementOf(event);
  if (engagement) add(leadEngaged.type, { event: engagement });
  if (content.activity)
    add(leadActivityRecorded.type, { activity: content.activity, by: recorderOf(content, content.activity) });
  if (content.outcome) add(leadOutcomeRecorded.type, content.outcome);
  if (content.stage) add(leadStageImported.type, content.stage);
  return facts;
}

/** The track event that a sales activity is to the playbook's signals, where it stands for one. */
export function activityEventName({ kind, direction, outcome }: Activity): string | undefined {
  if (kind === 'call') return 'Call Logged';
  if (kind === 'meeting')
    return outcome === 'held' ? 'Meeting Held' : outcome === 'booked' ? 'Meeting Booked' : undefined;
  if (direction === 'inbound') return outcome === 'replied' ? 'Email Replied' : undefined;
  return kind === 'email' ? 'Email Sent' : 'Message Sent';
}

function engagementOf({ content, eventId }: HistoricEvent): EngagementEvent | null {
  const { type, name, properties, page, campaign, channel, automated } = content;
  if (type === 'alias' || type === 'activity' || type === 'outcome' || type === 'stage') return null;
  return {
    type,
    ...(name !== undefined && { name }),
    ...(properties && { properties }),
    ...(page && { page }),
    ...(campaign && { campaign }),
    ...(channel !== undefined && { channel }),
    source: sourceOf(eventId),
    ...(automated && { automated }),
  };
}

function recorderOf({ by, historic }: EventContent, { rep }: Activity): string {
  if (historic) return 'import';
  return by ?? (rep ? `rep:${rep}` : 'crm');
}
