import { topics } from '@baton/contracts/topics';
import { quoteIdentifier } from '@baton/persistence/quote-identifier';
import type { Database, Sql } from '@baton/persistence/sql';
import { type Among, erasedKeys, thinHistory } from './history-erasure-store.js';
import { schemasWithLog } from './log-store.js';
import type { Place } from './position-store.js';
import type { Segment } from './segment.js';

/** Topics whose facts are kept for ever: what read models are made of. Raw events have a history of their own at ingest. */
const keptTopics = [
  topics.leadEvents,
  topics.leadScores,
  topics.leadStages,
  topics.leadAssignments,
  topics.slaClocks,
  topics.playbooks,
  topics.roster,
].map(({ name }) => name);

const compactedTopics = Object.values(topics).flatMap((topic) => (topic.compacted ? [topic.name] : []));

/** Segments of one transaction. */
const mostAtOnce = 500;

/** Which segments leave the log: the old ones of streams where the log is the topic, the shipped ones where a broker has it. */
export type Leaving = 'old' | 'shipped';

const leaving: Readonly<Record<Leaving, string>> = {
  old: `select topic, partition, first, written_at from outbox_segments
        where written_at < $1 and not topic = any($2::text[])`,
  shipped: `select topic, partition, first, written_at from outbox_segments join relayed using (topic, partition)
        where written_at < $1 and first + count <= relayed.next and $2::text[] is not null`,
};

/**
 * Moves segments written before a time out of a service's log into its history, some at a time; those of topics that nobody
 * replays are deleted. What erased keys have in them stays behind.
 */
export async function moveToHistory(database: Database, which: Leaving, before: Date): Promise<void> {
  const months = await database.query<{ month: string }>(
    `select distinct to_char(written_at at time zone 'UTC', 'YYYY-MM') as month from (${leaving[which]}) as going`,
    [before, compactedTopics],
  );
  for (const { month } of months) await ensureMonth(database, month);
  for (let moved = months.length === 0 ? 0 : mostAtOnce; moved === mostAtOnce;) {
    moved = await database.transaction((sql) => moveSome(sql, which, before));
  }
}

async function ensureMonth(database: Database, month: string): Promise<void> {
  const next = new Date(`${month}-01T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  await database.query(
    `create table if not exists "history_${month.replace('-', '_')}" partition of history_segments
     for values from ('${month}-01T00:00:00Z') to ('${next.toISOString()}')`,
  );
}

async function moveSome(sql: Sql, which: Leaving, before: Date): Promise<number> {
  const moved = await sql.query<{ topic: string; partition: number; first: string }>(
    `with chosen as (${leaving[which]} order by written_at limit ${mostAtOnce}),
     gone as (
       delete from outbox_segments log using chosen
       where log.topic = chosen.topic and log.partition = chosen.partition and log.first = chosen.first
       returning log.*),
     kept as (
       insert into history_segments (topic, partition, first, count, payload, offsets, written_at)
       select topic, partition, first, count, payload, offsets, written_at from gone where topic = any($3::text[]))
     select topic, partition, first from gone`,
    [before, compactedTopics, keptTopics],
  );
  const erased = moved.length === 0 ? [] : await erasedKeys(sql, 'all');
  if (erased.length > 0) await thinHistory(sql, erased, amongThese(moved));
  return moved.length;
}

function amongThese(places: readonly { topic: string; partition: number; first: string }[]): Among {
  return {
    where: '(topic, partition, first) in (select * from unnest($2::text[], $3::int[], $4::bigint[]))',
    values: [
      places.map(({ topic }) => topic),
      places.map(({ partition }) => partition),
      places.map(({ first }) => first),
    ],
  };
}

/**
 * A producer's segments from the one that covers `position` on, in order, at most so many: its history first, then its log.
 * `schema` is the producer's.
 */
export async function readHistory(
  sql: Sql,
  schema: string,
  { topic, partition }: Place,
  { position, limit }: { position: number; limit: number },
): Promise<Segment[]> {
  const [history, log] = ['history_segments', 'outbox_segments'].map((table) => `${quoteIdentifier(schema)}.${table}`);
  const rows = await sql.query<{ first: string; count: number; payload: string; offsets: string[] | null }>(
    `select first, count, payload, offsets from (
       select first, count, payload, offsets from ${history} where topic = $1 and partition = $2 and first + count > $3
       union all
       select first, count, payload, offsets from ${log} where topic = $1 and partition = $2 and first + count > $3) as kept
     order by first limit $4`,
    [topic, partition, position, limit],
  );
  return rows.map(({ first, count, payload, offsets }) => ({
    topic,
    partition,
    first: Number(first),
    count,
    payload,
    ...(offsets && { offsets: offsets.map(Number) }),
  }));
}

/** Partitions of a spread topic in this installation; null before a service with this schema was ever started. */
export async function readPartitions(sql: Sql, schema: string): Promise<number | null> {
  if ((await schemasWithLog(sql, [schema])).length === 0) return null;
  const [row] = await sql.query<{ partitions: number }>(
    `select partitions from ${quoteIdentifier(schema)}.log_settings`,
  );
  return row?.partitions ?? null;
}
