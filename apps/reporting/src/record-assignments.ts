import { type LeadAssigned, leadAssigned } from '@baton/contracts/lead-assignments';
import type { Batch, LogRecord } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { saveAssignments } from './assignment-store.js';
import type { LiveEvent } from './live-feed.js';
import { departedAmong } from './profile-store.js';
import { type Recorded, recorded } from './recorded.js';
import { assignmentLine } from './timeline-entry.js';
import { appendTimeline } from './timeline-store.js';

/** Folds `lead.assignments`: who owned and owns each lead. (A lead is unassigned only by leaving, which `lead.events` tells.) */
export async function recordAssignments(batch: Batch, sql: Sql): Promise<Recorded> {
  const gone = await departedAmong(sql, [...new Set(batch.records.map((record) => record.key))]);
  const records = (batch.records as readonly LogRecord<LeadAssigned>[]).filter(
    (record) => record.envelope.type === leadAssigned.type && !gone.has(record.key),
  );
  await saveAssignments(
    sql,
    records.map((record) => ({ lead: record.key, position: record.position, fact: record.envelope.data })),
  );
  await appendTimeline(
    sql,
    records.map(({ key, position, envelope: { data } }) => ({
      lead: key,
      at: data.at,
      id: `a${position}`,
      ...assignmentLine(data),
    })),
  );
  const live = records.map(({ key, envelope: { data } }): LiveEvent => {
    return { event: 'assignment', data: { lead: key, at: data.at, owner: data.owner, previous: data.previous } };
  });
  return recorded({ changed: [...new Set(records.map((record) => record.key))], live });
}
