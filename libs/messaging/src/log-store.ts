import { quoteIdentifier } from '@baton/persistence/quote-identifier';
import type { Sql } from '@baton/persistence/sql';
import { type Positions, onBroker } from './record.js';
import type { Place } from './position-store.js';
import type { Segment } from './segment.js';

/** Reads the logs of all services: the transport alone looks into other schemas, and only into these tables. */

/** Which of the schemas have a log yet: a service that was never started has none. */
export async function schemasWithLog(sql: Sql, schemas: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ schema: string }>(
    `select namespaces.nspname as schema from pg_class tables join pg_namespace namespaces on namespaces.oid = tables.relnamespace
     where tables.relname = 'log_settings' and namespaces.nspname = any($1)`,
    [schemas],
  );
  return rows.map((row) => row.schema);
}

/** First position not yet written, per topic and partition, of the given schemas' logs. */
export async function readEnds(sql: Sql, schemas: readonly string[]): Promise<Positions> {
  const existing = await schemasWithLog(sql, schemas);
  if (existing.length === 0) return {};
  const parts = existing.map(
    (schema) => `select topic, partition, next from ${quoteIdentifier(schema)}.outbox_counters`,
  );
  const rows = await sql.query<{ topic: string; partition: number; next: string }>(parts.join(' union all '));
  const positions: Positions = {};
  for (const { topic, partition, next } of rows) (positions[topic] ??= {})[partition] = Number(next);
  return positions;
}

/** First position not yet handled, per topic and partition, of one service; in a broker's offsets too where one is read. */
export async function readConsumed(sql: Sql, schema: string): Promise<Positions> {
  if ((await schemasWithLog(sql, [schema])).length === 0) return {};
  const rows = await sql.query<{ topic: string; partition: number; next: string; broker_next: string | null }>(
    `select topic, partition, next, broker_next from ${quoteIdentifier(schema)}.positions`,
  );
  const positions: Positions = {};
  for (const { topic, partition, next, broker_next } of rows) {
    (positions[topic] ??= {})[partition] = Math.max(0, Number(next));
    if (broker_next !== null) (positions[onBroker(topic)] ??= {})[partition] = Number(broker_next);
  }
  return positions;
}

/** Position of the oldest record kept; 0 for an empty log. */
export async function readStart(sql: Sql, schema: string, { topic, partition }: Place): Promise<number> {
  if ((await schemasWithLog(sql, [schema])).length === 0) return 0;
  const [row] = await sql.query<{ first: string | null }>(
    `select min(first) as first from ${quoteIdentifier(schema)}.outbox_segments where topic = $1 and partition = $2`,
    [topic, partition],
  );
  return Number(row?.first ?? 0);
}

interface SegmentRow {
  first: string;
  count: number;
  payload: string;
  offsets: string[] | null;
}

/**
 * The segments from the one that covers `position` on, in order, some `budget` characters of them; the first is given
 * whatever its size. Payloads beyond the budget are not fetched from storage.
 */
export async function readSegments(
  sql: Sql,
  schema: string,
  place: Place,
  { position, budget }: { position: number; budget: number },
): Promise<Segment[]> {
  const table = `${quoteIdentifier(schema)}.outbox_segments`;
  const rows = await sql.query<SegmentRow>(
    `select first, count, payload, offsets from (
       select first, count, payload, offsets, sum(bytes) over (order by first) - bytes as before from ${table}
       where topic = $1 and partition = $2
         and first >= coalesce((select max(first) from ${table} where topic = $1 and partition = $2 and first <= $3), $3)
       order by first limit 1000) as nearest
     where before < $4 order by first`,
    [place.topic, place.partition, position, budget],
  );
  return rows.map((row) => segmentOf(row, place)).filter((segment) => segment.first + segment.count > position);
}

function segmentOf(row: SegmentRow, { topic, partition }: Place): Segment {
  return {
    topic,
    partition,
    first: Number(row.first),
    count: row.count,
    payload: row.payload,
    offsets: row.offsets?.map(Number),
  };
}
