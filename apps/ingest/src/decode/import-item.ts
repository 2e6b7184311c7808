import type { DecodeItem } from './segment-batch.js';
import { cleanJson } from './clean-json.js';
import type { DecodedEvent, Json, Reception, RejectedEvent } from './decoded-event.js';
import { readTime } from '@baton/domain/evidence/read-time';
import { FieldReader, isJson, present, textOf } from './fields.js';
import { contentId } from './message-id.js';
import { outcomeOf, readActivity, readOutcome } from './sales-event.js';
import { type DecodedCall, decodeCall, isCallType } from './segment-call.js';

/** Stages that imported history may name. */
const stages = ['lead', 'mql', 'accepted', 'sql', 'opportunity', 'customer', 'nurture', 'disqualified', 'lost'];

/**
 * Decodes one item of a trusted import: a Segment call, or one of `activity`, `outcome` and `stage`; with `historic: true` it is
 * history. History without a readable time is rejected, and its ids come from its content unless it brings its own, so
 * that a second import of the same rows changes nothing.
 */
export const decodeImportItem: DecodeItem = (item, type, reception) => {
  if (!isJson(item)) return { rejected: { path: '', reason: 'expected an object' } };
  const historic = item['historic'] === true;
  if (historic && readTime(item['timestamp']) === null) {
    return rejected(item, {
      path: 'timestamp',
      reason: 'expected an RFC 3339 time: history is judged by its own times',
    });
  }
  const decoded = isCallType(item['type']) ? decodeCall(item, type, reception) : decodeReport(item, reception);
  return historic && 'event' in decoded ? { event: { ...decoded.event, historic: true } } : decoded;
};

function decodeReport(item: Json, reception: Reception): DecodedCall {
  const cleaned = cleanJson(item);
  if ('fault' in cleaned) return rejected(item, cleaned.fault);
  const fields = cleaned.value as Json;
  const read = new FieldReader(fields);
  const messageId = read.id('messageId') ?? contentId(fields);
  if (messageId.length >= 100) read.fail('messageId', 'expected fewer than 100 characters');
  const base = present({
    type: fields['type'],
    messageId,
    at: Math.min(readTime(fields['timestamp']) ?? reception.receivedAt, reception.receivedAt),
    userId: read.id('userId'),
    anonymousId: read.id('anonymousId'),
  });
  const report = readReport(fields);
  const fault = read.fault ?? ('path' in report ? report : null);
  if (fault) return rejected(item, fault);
  if (!base.userId && !base.anonymousId)
    return rejected(item, { path: 'userId', reason: 'expected userId or anonymousId' });
  return { event: { ...base, ...report } as DecodedEvent };
}

function readReport(fields: Json): Partial<DecodedEvent> | RejectedEvent {
  switch (fields['type']) {
    case 'activity':
      return reportedActivity(fields['activity']);
    case 'outcome':
      return reportedOutcome(fields);
    case 'stage':
      return reportedStage(fields);
    default:
      return { path: 'type', reason: 'expected a Segment call, activity, outcome or stage' };
  }
}

function reportedActivity(value: unknown): Partial<DecodedEvent> | RejectedEvent {
  if (!isJson(value)) return { path: 'activity', reason: 'expected an object' };
  const { activity, fault } = readActivity(value, 'activity.');
  return fault ?? { activity };
}

function reportedOutcome(fields: Json): Partial<DecodedEvent> | RejectedEvent {
  const outcome = outcomeOf(fields['outcome']);
  if (!outcome) return { path: 'outcome', reason: 'expected one of created, updated, won, lost' };
  return { outcome: readOutcome(outcome, fields) };
}

function reportedStage(fields: Json): Partial<DecodedEvent> | RejectedEvent {
  const stage = stages.find((known) => known === fields['stage']);
  if (!stage) return { path: 'stage', reason: `expected one of ${stages.join(', ')}` };
  const owner = textOf(fields['owner']);
  if (owner && !/^(rep|team):[^\s:]{1,100}$/.test(owner))
    return { path: 'owner', reason: 'expected rep:ID or team:ID' };
  return { stage: present({ stage, reason: textOf(fields['reason']), owner }) as NonNullable<DecodedEvent['stage']> };
}

function rejected(item: Json, fault: RejectedEvent): DecodedCall {
  const messageId = textOf(item['messageId'])?.slice(0, 100);
  return { rejected: { ...(messageId && { messageId }), ...fault } };
}
