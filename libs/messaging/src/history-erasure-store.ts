import { leadErased } from '@baton/contracts/lead-events';
import type { Database, Sql } from '@baton/persistence/sql';

/** Days for which the log may still have records of a key after it was erased, and one for the sweep. */
const rememberedDays = 8;

/** Keys whose records history must not have: every one that the log may still have records of, or those not swept yet. */
export async function erasedKeys(sql: Sql, which: 'all' | 'unswept'): Promise<readonly string[]> {
  const rows = await sql.query<{ key: string }>('select key from erased_keys where $1 or not swept', [which === 'all']);
  return rows.map(({ key }) => key);
}

/** Keeps keys for the next sweep, and for what leaves the log later. */
export async function rememberErasedKeys(sql: Sql, keys: readonly string[]): Promise<void> {
  await sql.query('insert into erased_keys (key) select unnest($1::text[]) on conflict do nothing', [keys]);
}

/** Until the transaction ends nobody else moves segments into this history or sweeps it. */
export async function lockHistory(sql: Sql): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtext('baton history ' || current_schema()))`);
}

/**
 * Takes what erased keys have in history out of it, but for the fact that they were erased. One pass over the history serves
 * every key that was erased since the last; without any there is none.
 */
export async function sweepHistory(database: Database): Promise<void> {
  if ((await erasedKeys(database, 'unswept')).length > 0) await database.transaction(sweepUnswept);
  await database.query('delete from erased_keys where swept and erased_at < now() - make_interval(days => $1)', [
    rememberedDays,
  ]);
}

/** Under the lock: what is being moved just now may have been read before a key was erased. */
async function sweepUnswept(sql: Sql): Promise<void> {
  await lockHistory(sql);
  const keys = await erasedKeys(sql, 'unswept');
  if (keys.length === 0) return;
  await thinHistory(sql, keys, { where: 'true', values: [] });
  await sql.query('update erased_keys set swept = true where key = any($1::text[])', [keys]);
}

/** Which segments to look at: a condition whose parameters begin with `$2`. */
export interface Among {
  readonly where: string;
  readonly values: readonly unknown[];
}

/** Takes the records of these keys out of segments of the history; what is left keeps its positions. */
export async function thinHistory(sql: Sql, keys: readonly string[], { where, values }: Among): Promise<void> {
  const mentioned = await sql.query<{ topic: string; partition: number; first: string }>(
    `select topic, partition, first from history_segments where payload like any($1::text[]) and ${where}`,
    [keys.map(patternOf), ...values],
  );
  const erased = new Set(keys);
  for (const place of mentioned) await thinSegment(sql, place, erased);
}

/** A record is stored as a list that begins with its key. */
function patternOf(key: string): string {
  return `%[${JSON.stringify(key).replace(/[\\%_]/g, '\\$&')},%`;
}

async function thinSegment(
  sql: Sql,
  { topic, partition, first }: { topic: string; partition: number; first: string },
  erased: ReadonlySet<string>,
): Promise<void> {
  const place = [topic, partition, first];
  const [segment] = await sql.query<{ payload: string; offsets: string[] | null }>(
    'select payload, offsets from history_segments where topic = $1 and partition = $2 and first = $3 for update',
    place,
  );
  if (!segment) return;
  const tuples = JSON.parse(segment.payload) as [key: string, type: string][];
  const placed = tuples.map((tuple, index) => ({
    tuple,
    at: Number(segment.offsets?.[index] ?? Number(first) + index),
  }));
  const left = placed.filter(({ tuple: [key, type] }) => !erased.has(key) || type === leadErased.type);
  if (left.length === placed.length) return;
  await sql.query(
    'update history_segments set payload = $4, offsets = $5 where topic = $1 and partition = $2 and first = $3',
    [...place, JSON.stringify(left.map(({ tuple }) => tuple)), left.map(({ at }) => at)],
  );
}
