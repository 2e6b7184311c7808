import type { Database, Sql } from '@baton/persistence/sql';
import { sweepHistory } from './history-erasure-store.js';
import { compactedTopics, moveToHistory } from './history-store.js';
import type { Place } from './position-store.js';

const dayMs = 86_400_000;
const retentionMs = 7 * dayMs;
/** Compacted topics are gone through once a day: what is a day short of its age leaves in time, whenever that is. */
const thinEveryMs = dayMs;
const thinnedAfterMs = retentionMs - thinEveryMs;
/** Segments of one transaction at most, and characters of them. */
const mostAtOnce = 500;
const budget = 2_000_000;

interface Thinning {
  /** When it was last done to the end, epoch ms; undefined before the first time. */
  readonly thinnedAt?: number | undefined;
  /** Ends it early; it is then not done. */
  readonly signal?: AbortSignal;
}

/**
 * Moves segments written more than seven days before `now` (epoch ms) out of the log into the history. Once a day, old segments
 * of compacted topics lose the records whose key has a newer one; a segment that keeps some then lists their positions. The last
 * record of a partition stays. Answers when compacted topics were last gone through.
 */
export async function dropOldSegments(
  database: Database,
  now: number,
  { thinnedAt, signal }: Thinning = {},
): Promise<number | undefined> {
  await moveToHistory(database, 'old', new Date(now - retentionMs));
  await sweepHistory(database);
  if (thinnedAt !== undefined && now < thinnedAt + thinEveryMs) return thinnedAt;
  const before = new Date(now - thinnedAfterMs);
  for (const place of await placesToThin(database, before, new Date((thinnedAt ?? 0) - thinnedAfterMs))) {
    const walk = new Walk(place, before);
    for (let open = true; open;) {
      if (signal?.aborted) return thinnedAt;
      const step = await database.transaction((sql) => walk.step(sql));
      if (step === 'busy') return thinnedAt;
      open = step === 'more';
    }
  }
  return now;
}

/** Where segments have become old since the last time: what makes a record of theirs superfluous becomes old in its turn. */
async function placesToThin(sql: Sql, before: Date, since: Date): Promise<Place[]> {
  return sql.query<{ topic: string; partition: number }>(
    'select distinct topic, partition from outbox_segments where written_at >= $1 and written_at < $2 and topic = any($3)',
    [since, before, compactedTopics],
  );
}

interface StoredSegment {
  first: string;
  payload: string;
  offsets: string[] | null;
  old: boolean;
}

/** Goes through a partition from its newest segment back, so that the first sight of a key is its newest record. */
class Walk {
  private readonly seen = new Set<string>();
  private next: string | null = null;

  constructor(
    private readonly place: Place,
    private readonly before: Date,
  ) {}

  /** Some segments in a transaction of their own; `busy` while another process goes through this service's log. */
  async step(sql: Sql): Promise<'more' | 'done' | 'busy'> {
    const [lock] = await sql.query<{ mine: boolean }>(
      `select pg_try_advisory_xact_lock(hashtext('baton thinning ' || current_schema())) as mine`,
    );
    if (!lock?.mine) return 'busy';
    const segments = await this.read(sql);
    for (const segment of segments) await this.thin(sql, segment);
    this.next = segments.at(-1)?.first ?? null;
    return this.next === null ? 'done' : 'more';
  }

  private read(sql: Sql): Promise<StoredSegment[]> {
    const { topic, partition } = this.place;
    return sql.query<StoredSegment>(
      `select first, payload, offsets, written_at < $4 as old from (
         select *, sum(bytes) over (order by first desc) - bytes as nearer from outbox_segments
         where topic = $1 and partition = $2 and ($3::bigint is null or first < $3)
         order by first desc limit ${mostAtOnce}) as nearest
       where nearer < ${budget} order by first desc`,
      [topic, partition, this.next, this.before],
    );
  }

  private async thin(sql: Sql, { first, payload, offsets, old }: StoredSegment): Promise<void> {
    const tuples = JSON.parse(payload) as [key: string][];
    const placed = tuples.map((tuple, index) => ({ tuple, at: Number(offsets?.[index] ?? Number(first) + index) }));
    const newest = placed
      .toReversed()
      .filter(({ tuple: [key] }) => !this.seen.has(key) && this.seen.add(key))
      .toReversed();
    if (!old || newest.length === tuples.length) return;
    const place = [this.place.topic, this.place.partition, first];
    if (newest.length === 0) {
      await sql.query('delete from outbox_segments where topic = $1 and partition = $2 and first = $3', place);
      return;
    }
    await sql.query(
      'update outbox_segments set payload = $4, bytes = octet_length($4), offsets = $5 where topic = $1 and partition = $2 and first = $3',
      [...place, JSON.stringify(newest.map(({ tuple }) => tuple)), newest.map(({ at }) => at)],
    );
  }
}
