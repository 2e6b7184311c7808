import { topics } from '@baton/contracts/topics';
import { quoteIdentifier } from '@baton/persistence/quote-identifier';
import type { Database, Sql } from '@baton/persistence/sql';
import { type Among, erasedKeys, lockHistory, thinHistory } from './history-erasure-store.js';
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

/** Topics of which the log keeps the newest record of each key. */
export const compactedTopics = Object.values(topics).flatMap((topic) => (topic.compacted ? [topic.name] : []));

/** Segments of one transaction. */
const mostAtOnce = 500;

/** Which segments leave the log: the old ones of streams where the log is the topic, the shipped ones where a broker has it. */
export type Leaving = 'old' | 'shipped';

interface Condition {
  /** Refers to its values as `$1`, `$2`, … */
  readonly text: string;
  readonly values: readonly unknown[];
}

function leavingBefore(which: Leaving, before: Date): Condition {
  const columns = 'topic, partition, first, written_at';
  if (which === 'shipped')
    return {
      text: `select ${columns} from outbox_segments join relayed using (topic, partition)
             where written_at < $1 and first + count <= relayed.next`,
      values: [before],
    };
  return {
    text: `select ${columns} from outbox_segments where written_at < $1 and topic <> all($2::text[])`,
    values: [before, compactedTopics],
  };
}

/**
 * Moves segments written before a time out of a service's log into its history, some at a time; those of topics that nobody
 * replays are deleted. What erased keys have in them stays behind.
 */
export async function moveToHistory(database: Database, which: Leaving, before: Date): Promise<void> {
  const leaving = leavingBefore(which, before);
  const months = await database.query<{ month: string }>(
    `select distinct to_char(written_at at time zone 'UTC', 'YYYY-MM') as month from (${leaving.text}) as going`,
    leaving.values,
  );
  for (const { month } of months) await ensureMonth(database, month);
  for (let moved = months.length === 0 ? 0 : mostAtOnce; moved === mostAtOnce;) {
    moved = await database.transaction((sql) => moveSome(sql, leaving));
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

async function moveSome(sql: Sql, leaving: Condition): Promise<number> {
  await lockHistory(sql);
  const moved = await sql.query<{ topic: string; partition: number; first: string }>(
    `with chosen as (${leaving.text} order by written_at limit ${mostAtOnce}),
     gone as (
       delete from outbox_segments log using chosen
       where log.topic = chosen.topic and log.partition = chosen.partition and log.first = chosen.first
       returning log.*),
     kept as (
       insert into history_segments (topic, partition, first, count, payload, offsets, written_at)
       select topic, partition, first, count, payload, offsets, written_at from gone
       where topic = any($${leaving.values.length + 1}::text[]))
     select topic, partition, first from gone`,
    [...leaving.values, keptTopics],
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
  const parts = ['history_segments', 'outbox_segments'].map((name) => {
    const table = `${quoteIdentifier(schema)}.${name}`;
    return `(select first, count, payload, offsets from ${table} where topic = $1 and partition = $2
       and first >= coalesce((select max(first) from ${table} where topic = $1 and partition = $2 and first <= $3), $3)
       order by first limit $4::int + 1)`;
  });
  const rows = await sql.query<{ first: string; count: number; payload: string; offsets: string[] | null }>(
    `select first, count, payload, offsets from (${parts.join(' union all ')}) as kept
     where first + count > $3 order by first limit $4`,
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
