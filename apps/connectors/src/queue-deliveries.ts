import { createHash } from 'node:crypto';
import { type LeadAssigned, leadUnassigned } from '@baton/contracts/lead-assignments';
import type { WebhookTopic } from '@baton/contracts/http/connectors';
import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import type { ClockFactData } from '@baton/contracts/sla-clocks';
import type { Batch, LogRecord } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { type NewDelivery, appendDeliveries, forgetDeliveries, subscribersOf } from './delivery-store.js';

/**
 * Turns the facts of a public topic into deliveries, one per fact and connector that wants the topic, in the order of the
 * topic. Imported history is told to nobody. An erased lead's deliveries are forgotten before its end is told.
 */
export async function queueDeliveries(batch: Batch, sql: Sql, now: number): Promise<void> {
  const connectors = await subscribersOf(sql, batch.topic as WebhookTopic);
  const erased = batch.records.filter(
    (record) => record.envelope.type === leadUnassigned.type && isErasure(record.envelope.data),
  );
  await forgetDeliveries(
    sql,
    erased.map((record) => record.key),
  );
  const told = batch.records.filter((record) => !isHistoric(record));
  await appendDeliveries(
    sql,
    told.flatMap((record) => connectors.map((connector) => deliveryOf(record, connector))),
    now,
  );
}

function isErasure(data: unknown): boolean {
  return (data as { why: string }).why === 'erased';
}

function isHistoric({ envelope }: LogRecord): boolean {
  const data = envelope.data as Partial<LeadStageChanged & LeadAssigned & ClockFactData>;
  return data.historic === true || data.clock?.historic === true;
}

function deliveryOf({ key: lead, envelope }: LogRecord, connector: string): NewDelivery {
  const { id, type, time, sequence, data } = envelope;
  const body = JSON.stringify({ type, timestamp: time, data: { lead, sequence, ...(data as object) } });
  return { id: webhookId(connector, envelope.source, id), connector, lead, type, body };
}

/** The same fact to the same connector has the same id, however often it is handled; a webhook-id may not contain a dot. */
function webhookId(connector: string, source: string, fact: string): string {
  return `msg_${createHash('sha256')
    .update(JSON.stringify([connector, source, fact]))
    .digest('base64url')
    .slice(0, 32)}`;
}
