import type { Batch, LogRecord, Publication } from '@baton/messaging/record';
import type { Database, Sql } from '@baton/persistence/sql';
import type { LiveEvent } from '../src/live-feed.js';
import { recordAssignments } from '../src/record-assignments.js';
import { recordClocks } from '../src/record-clocks.js';
import { recordLeadEvents } from '../src/record-lead-events.js';
import { recordScores } from '../src/record-scores.js';
import { recordStages } from '../src/record-stages.js';
import { type Recorded, recorded } from '../src/recorded.js';
import { endSnapshots, snapshotLeads } from '../src/snapshot-store.js';
import type { Fact } from './facts.js';

const projections: Readonly<Record<string, (batch: Batch, sql: Sql) => Promise<Recorded>>> = {
  'lead.events': recordLeadEvents,
  'lead.scores': recordScores,
  'lead.stages': recordStages,
  'lead.assignments': recordAssignments,
  'sla.clocks': recordClocks,
};

const next = new Map<string, number>();

/** Gives facts their positions, topic by topic in the order given, as one partition of a log does. */
export function logged(facts: readonly Fact[]): readonly LogRecord[] {
  return facts.map((fact) => {
    const position = next.get(fact.topic) ?? 0;
    next.set(fact.topic, position + 1);
    return recordOf(fact, position);
  });
}

function recordOf({ topic, lead, id, type, data }: Fact, position: number): LogRecord {
  const time = String((data as { at?: string }).at ?? '2026-03-01T00:00:00.000Z');
  const envelope = {
    specversion: '1.0',
    id,
    type,
    source: 'test',
    subject: lead,
    time,
    datacontenttype: 'application/json',
    data,
  } as const;
  return { topic, partition: 0, position, key: lead, envelope };
}

/** Handles one batch as the consumer does: one transaction, snapshots included. */
export async function handle(
  database: Database,
  records: readonly LogRecord[],
): Promise<{ live: readonly LiveEvent[]; published: readonly Publication[] }> {
  const topic = records[0]?.topic ?? '';
  return database.transaction(async (sql) => {
    const { changed, gone, live } = (await projections[topic]?.({ topic, records }, sql)) ?? recorded({});
    return { live, published: [...(await snapshotLeads(sql, changed)), ...(await endSnapshots(sql, gone))] };
  });
}

/** Handles all facts, topic after topic, each topic as one batch. */
export async function foldAll(database: Database, facts: readonly Fact[]): Promise<void> {
  for (const records of Map.groupBy(logged(facts), (record) => record.topic).values()) await handle(database, records);
}
