import { createHash } from 'node:crypto';
import { type LeadAssigned, leadUnassigned } from '@baton/contracts/lead-assignments';
import { leadErased } from '@baton/contracts/lead-events';
import type { WebhookTopic } from '@baton/contracts/http/connectors';
import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { type ClockFactData, clockCancelled } from '@baton/contracts/sla-clocks';
import { forgetKeys } from '@baton/messaging/erasure-store';
import type { Batch, LogRecord } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { type NewDelivery, appendDeliveries, forgetDeliveries, subscribersOf } from './delivery-store.js';

/**
 * Turns the facts of a public topic into deliveries, one per fact and connector that wants the topic, in the order of the
 * topic. Imported history is told to nobody. An erased lead's deliveries are forgotten, but for those that tell its end.
 */
export async function queueDeliveries(batch: Batch, sql: Sql, now: number): Promise<void> {
  const connectors = await subscribersOf(sql, batch.topic as WebhookTopic);
  const erased = batch.records.filter(isErasure).map(({ key }) => key);
  await forgetDeliveries(sql, { leads: erased, but: ends, now });
  await forgetKeys(sql, erased);
  const told = batch.records.filter((record) => !isHistoric(record));
  await appendDeliveries(
    sql,
    told.flatMap((record) => connectors.map((connector) => deliveryOf(record, connector))),
    now,
  );
}

/** What says that a lead is no more and nothing else of it. */
const ends = [leadErased.type, leadUnassigned.type, clockCancelled.type];

function isErasure({ envelope: { type, data } }: LogRecord): boolean {
  return type === leadErased.type || (type === leadUnassigned.type && (data as { why: string }).why === 'erased');
}

function isHistoric({ envelope }: LogRecord): boolean {
  const data = envelope.data as Partial<LeadStageChanged & LeadAssigned & ClockFactData>;
  return data.historic === true || data.clock?.historic === true;
}

function deliveryOf({ key: lead, envelope }: LogRecord, connector: string): NewDelivery {
  const { id, type, time, sequence, traceparent = null, data } = envelope;
  const body = JSON.stringify({ type, timestamp: time, data: { lead, sequence, ...(data as object) } });
  return { id: webhookId(connector, envelope.source, id), connector, lead, type, body, traceparent };
}

/** The same fact to the same connector has the same id, however often it is handled; a webhook-id may not contain a dot. */
function webhookId(connector: string, source: string, fact: string): string {
  return `msg_${createHash('sha256')
    .update(JSON.stringify([connector, source, fact]))
    .digest('base64url')
    .slice(0, 32)}`;
}
