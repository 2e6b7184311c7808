import type { LeadScored } from '@baton/contracts/lead-scores';
import type { Batch, LogRecord } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import type { LiveEvent } from './live-feed.js';
import { departedAmong } from './profile-store.js';
import { type Recorded, recorded } from './recorded.js';
import { saveScores } from './score-store.js';
import { type TimelineEntry, scoreLine } from './timeline-entry.js';
import { appendTimeline } from './timeline-store.js';

/** Folds `lead.scores`: the newest scores of each lead, and a line for every change that people can see. */
export async function recordScores(batch: Batch, sql: Sql): Promise<Recorded> {
  const gone = await departedAmong(sql, [...new Set(batch.records.map((record) => record.key))]);
  const records = (batch.records as readonly LogRecord<LeadScored>[]).filter((record) => !gone.has(record.key));
  const newest = new Map(records.map((record) => [record.key, record.envelope.data]));
  const personaChanged = await saveScores(sql, newest);
  const visible = records.flatMap((record) => visibleChange(record));
  await appendTimeline(sql, visible);
  const live = visible.map(({ lead, at }): LiveEvent => ({
    event: 'score',
    data: { lead, at, scores: newest.get(lead)?.scores },
  }));
  return recorded({ changed: personaChanged, live });
}

function visibleChange(record: LogRecord<LeadScored>): TimelineEntry[] {
  const fact = record.envelope.data;
  const line = scoreLine(fact);
  return line ? [{ lead: record.key, at: fact.scores.asOf, id: `s${record.position}`, ...line }] : [];
}
