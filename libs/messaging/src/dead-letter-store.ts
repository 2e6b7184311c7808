import type { Sql } from '@baton/persistence/sql';
import type { LogRecord } from './record.js';

/** A record that a service could not handle, as people see it. */
export interface DeadLetter {
  /** `<topic>/<partition>/<position>`; of a foreign message `<topic>/<partition>/offset-<offset>`. */
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly key: string;
  readonly type: string;
  readonly reason: string;
  readonly attempts: number;
  readonly at: Date;
  readonly replayedAt?: Date;
}

export interface DeadLetterWithOriginal extends DeadLetter {
  /** The record as text: key and envelope. */
  readonly original: string;
}

/** A record that is put aside; a foreign one has no position, only the broker's offset in its place. */
export interface DeadRecord extends LogRecord {
  readonly foreign?: true;
}

/** Keeps a record that cannot be handled; answers false when it was kept before. */
export async function keepDeadLetter(
  sql: Sql,
  record: DeadRecord,
  failure: { reason: string; attempts: number; at: string },
): Promise<boolean> {
  const kept = await sql.query(
    `insert into dead_letters (id, topic, partition, position, key, type, reason, attempts, at, original)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing returning id`,
    [
      deadLetterId(record),
      record.topic,
      record.partition,
      record.position,
      withoutNul(record.key),
      withoutNul(record.envelope.type),
      withoutNul(failure.reason),
      failure.attempts,
      failure.at,
      originalOf(record),
    ],
  );
  return kept.length > 0;
}

/** PostgreSQL's text has no NUL; whatever made a record unfit must not make its dead letter unfit too. */
function withoutNul(text: string): string {
  return text.replaceAll('\u0000', '\ufffd');
}

export function deadLetterId({
  topic,
  partition,
  position,
  foreign,
}: Pick<DeadRecord, 'topic' | 'partition' | 'position' | 'foreign'>): string {
  return `${topic}/${partition}/${foreign ? 'offset-' : ''}${position}`;
}

export function originalOf(record: LogRecord): string {
  return JSON.stringify({ key: record.key, envelope: record.envelope });
}

interface DeadLetterRow {
  id: string;
  topic: string;
  partition: number;
  position: string;
  key: string;
  type: string;
  reason: string;
  attempts: number;
  at: Date;
  replayed_at: Date | null;
}

const columns = 'id, topic, partition, position, key, type, reason, attempts, at, replayed_at';

/** The newest first; those replayed already only when asked for. */
export async function listDeadLetters(
  sql: Sql,
  options: { limit?: number; replayed?: boolean } = {},
): Promise<DeadLetter[]> {
  const rows = await sql.query<DeadLetterRow>(
    `select ${columns} from dead_letters where $2 or replayed_at is null order by at desc, id limit $1`,
    [options.limit ?? 100, options.replayed ?? false],
  );
  return rows.map(deadLetterOf);
}

/** How many wait for a replay. */
export async function countDeadLetters(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: string }>(
    'select count(*) as count from dead_letters where replayed_at is null',
  );
  return Number(row?.count ?? 0);
}

/** One dead letter with the record it was made of; undefined when there is none of that id. */
export async function showDeadLetter(sql: Sql, id: string): Promise<DeadLetterWithOriginal | undefined> {
  const [row] = await sql.query<DeadLetterRow & { original: string }>(
    `select ${columns}, original from dead_letters where id = $1`,
    [id],
  );
  return row && { ...deadLetterOf(row), original: row.original };
}

/** The original record, locked until the transaction ends; undefined when there is none or it was replayed already. */
export async function claimDeadLetter(sql: Sql, id: string): Promise<LogRecord | undefined> {
  const [row] = await sql.query<DeadLetterRow & { original: string }>(
    `select ${columns}, original from dead_letters where id = $1 and replayed_at is null for update`,
    [id],
  );
  if (!row) return undefined;
  const { key, envelope } = JSON.parse(row.original) as Pick<LogRecord, 'key' | 'envelope'>;
  return { topic: row.topic, partition: row.partition, position: Number(row.position), key, envelope };
}

export async function markReplayed(sql: Sql, id: string): Promise<void> {
  await sql.query('update dead_letters set replayed_at = now() where id = $1', [id]);
}

function deadLetterOf(row: DeadLetterRow): DeadLetter {
  const { id, topic, partition, key, type, reason, attempts, at } = row;
  return {
    id,
    topic,
    partition,
    position: Number(row.position),
    key,
    type,
    reason,
    attempts,
    at,
    replayedAt: row.replayed_at ?? undefined,
  };
}
