import { automatedBy } from './automated.js';
import { cleanJson } from './clean-json.js';
import {
  type CallType,
  type DecodedEvent,
  type Json,
  type Reception,
  type RejectedEvent,
  callTypes,
} from './decoded-event.js';
import { eventTime } from './event-time.js';
import { FieldReader, isJson, present, textOf } from './fields.js';
import { messageIdOf } from './message-id.js';
import { campaignOf, pageOf } from './page-view.js';
import { normalEmail } from '@baton/domain/evidence/email';
import { salesEvent } from './sales-event.js';

export type DecodedCall = { readonly event: DecodedEvent } | { readonly rejected: RejectedEvent };

/**
 * Decodes one call of the Segment HTTP Tracking API (RudderStack's has the same shape). `type` is the route's, or null
 * where the call names its own. Never throws: whatever is not an event is rejected with the field and what was expected.
 */
export function decodeCall(call: unknown, type: CallType | null, reception: Reception): DecodedCall {
  if (!isJson(call)) return { rejected: { path: '', reason: 'expected an object' } };
  const cleaned = cleanJson(call);
  if ('fault' in cleaned) return { rejected: { ...namedMessage(call), ...cleaned.fault } };
  return decodeClean(cleaned.value as Json, type, reception);
}

export function isCallType(value: unknown): value is CallType {
  return callTypes.includes(value as CallType);
}

function decodeClean(call: Json, routeType: CallType | null, reception: Reception): DecodedCall {
  const type = routeType ?? call['type'];
  if (!isCallType(type)) {
    return { rejected: { ...namedMessage(call), path: 'type', reason: `expected one of ${callTypes.join(', ')}` } };
  }
  const read = new FieldReader(call);
  const context = read.object('context');
  const messageId = messageIdOf(call, read, reception);
  const event = present({
    type,
    messageId,
    at: eventTime(
      { original: call['originalTimestamp'] ?? call['timestamp'], sentAt: call['sentAt'] },
      reception.receivedAt,
    ),
    userId: read.id('userId'),
    anonymousId: read.id('anonymousId'),
    ...contentOf(type, read, context),
    channel: read.text('channel') ?? textOf(context?.['channel']),
    automated: automatedBy(textOf(context?.['userAgent']) ?? reception.userAgent),
  }) as DecodedEvent;
  const fault = read.fault ?? missing(event);
  if (fault) return { rejected: { messageId, ...fault } };
  return reception.trusted && event.type === 'track' ? withSales(event) : { event };
}

/** What the call is about, by its type. */
function contentOf(type: CallType, read: FieldReader, context: Json | undefined): Partial<DecodedEvent> {
  if (type === 'alias') return { previousId: read.id('previousId') };
  if (type === 'identify' || type === 'group') return told(type, read, context);
  const properties = read.object('properties');
  const page = type === 'page' ? pageOf(properties, context?.['page']) : pageOf(context?.['page']);
  const name = type === 'track' ? read.text('event') : (read.text('name') ?? textOf(properties?.['name']));
  return { name: name?.slice(0, 200).toWellFormed(), properties, page, campaign: campaignOf(context, page) };
}

/** Traits stand in `traits` (Segment) or only in `context.traits` (RudderStack's browser SDK, identify). */
function told(type: 'identify' | 'group', read: FieldReader, context: Json | undefined): Partial<DecodedEvent> {
  const page = pageOf(context?.['page']);
  const common = { page, campaign: campaignOf(context, page) };
  const traits = read.object('traits');
  if (type === 'group') return { ...common, traits, groupId: read.id('groupId') };
  return { ...common, traits: traits ?? new FieldReader(context ?? {}).object('traits') };
}

function missing(event: DecodedEvent): RejectedEvent | null {
  const { type, userId, anonymousId, name, groupId, previousId } = event;
  if (type === 'alias' && !(userId && previousId)) {
    return {
      path: userId ? 'previousId' : 'userId',
      reason: 'expected text: an alias names both previousId and userId',
    };
  }
  if (!userId && !anonymousId && !namesEmail(event))
    return { path: 'userId', reason: 'expected userId or anonymousId' };
  if (type === 'track' && !name) return { path: 'event', reason: 'expected the name of the event' };
  if (type === 'group' && !groupId) return { path: 'groupId', reason: 'expected text' };
  return null;
}

function namesEmail({ type, traits }: DecodedEvent): boolean {
  return type === 'identify' && normalEmail(traits?.['email']) !== undefined;
}

function withSales(event: DecodedEvent): DecodedCall {
  const { activity, outcome, fault } = salesEvent(event.name ?? '', event.properties ?? {});
  if (fault) return { rejected: { messageId: event.messageId, ...fault } };
  return { event: { ...event, ...(activity && { activity }), ...(outcome && { outcome }) } };
}

function namedMessage(call: Json): { messageId?: string } {
  const id = textOf(call['messageId']);
  return id ? { messageId: id.slice(0, 100) } : {};
}
