import { topics } from '@baton/contracts/topics';
import type { Database, Sql } from '@baton/persistence/sql';
import { sweepHistory } from './history-erasure-store.js';
import { moveToHistory } from './history-store.js';

const retentionDays = 7;
const dayMs = 86_400_000;
const compactedTopics = Object.values(topics).flatMap((topic) => (topic.compacted ? [topic.name] : []));

/**
 * Moves segments written more than seven days before `now` (epoch ms) out of the log into the history. Old segments of compacted topics lose the records
 * whose key has a newer one; a segment that keeps some then lists their positions. The last record of a partition stays.
 */
export async function dropOldSegments(database: Database, now: number): Promise<void> {
  const before = new Date(now - retentionDays * dayMs);
  await moveToHistory(database, 'old', before);
  await sweepHistory(database);
  const places = await database.query<{ topic: string; partition: number }>(
    'select distinct topic, partition from outbox_segments where written_at < $1 and topic = any($2)',
    [before, compactedTopics],
  );
  for (const place of places) await database.transaction((sql) => compact(sql, place, before));
}

interface StoredSegment {
  first: string;
  count: number;
  payload: string;
  offsets: string[] | null;
  old: boolean;
}

/** Walks the partition from its newest segment back, so that the first sight of a key is its newest record. */
async function compact(
  sql: Sql,
  { topic, partition }: { topic: string; partition: number },
  before: Date,
): Promise<void> {
  const firsts = await sql.query<{ first: string }>(
    'select first from outbox_segments where topic = $1 and partition = $2 order by first desc',
    [topic, partition],
  );
  const seen = new Set<string>();
  for (const { first } of firsts) {
    const [segment] = await sql.query<StoredSegment>(
      'select first, count, payload, offsets, written_at < $4 as old from outbox_segments where topic = $1 and partition = $2 and first = $3',
      [topic, partition, first, before],
    );
    if (segment) await thin(sql, { topic, partition, segment, seen });
  }
}

interface Thinning {
  readonly topic: string;
  readonly partition: number;
  readonly segment: StoredSegment;
  readonly seen: Set<string>;
}

async function thin(sql: Sql, { topic, partition, segment, seen }: Thinning): Promise<void> {
  const tuples = JSON.parse(segment.payload) as [string][];
  const kept: { tuple: [string]; position: number }[] = [];
  tuples.forEach((tuple, index) =>
    kept.push({ tuple, position: Number(segment.offsets?.[index] ?? Number(segment.first) + index) }),
  );
  const newest = kept
    .toReversed()
    .filter(({ tuple: [key] }) => !seen.has(key) && seen.add(key))
    .toReversed();
  if (!segment.old || newest.length === tuples.length) return;
  if (newest.length === 0) {
    await sql.query('delete from outbox_segments where topic = $1 and partition = $2 and first = $3', [
      topic,
      partition,
      segment.first,
    ]);
    return;
  }
  const payload = JSON.stringify(newest.map(({ tuple }) => tuple));
  await sql.query(
    'update outbox_segments set payload = $4, bytes = length($4), offsets = $5 where topic = $1 and partition = $2 and first = $3',
    [topic, partition, segment.first, payload, newest.map(({ position }) => position)],
  );
}
