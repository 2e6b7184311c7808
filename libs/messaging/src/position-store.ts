import type { Sql } from '@baton/persistence/sql';

/** Another consumer has moved the position: whatever was done on the old one must be rolled back. */
export class PositionMovedError extends Error {
  constructor(topic: string, partition: number, expected: number) {
    super(`The position of ${topic}/${partition} is no longer ${expected}: another consumer is at work`);
    this.name = 'PositionMovedError';
  }
}

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** The last record of a batch, and where its partition's position stands before it. */
export interface Move {
  readonly last: Place & { readonly position: number; readonly offset?: number };
  readonly from: number;
}

/** Moves one position as `movePositions` does. */
export function movePosition(sql: Sql, last: Move['last'], from: number): Promise<void> {
  return movePositions(sql, [{ last, from }]);
}

/**
 * Moves positions of different partitions from where their batches began to behind their last records; rejects with
 * `PositionMovedError` when one of them stands elsewhere.
 */
export async function movePositions(sql: Sql, moves: readonly Move[]): Promise<void> {
  const moved = await sql.query<Place>(
    `update positions set next = moves.next, broker_next = coalesce(moves.broker_next, positions.broker_next)
     from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[])
       as moves (topic, partition, since, next, broker_next)
     where positions.topic = moves.topic and positions.partition = moves.partition and positions.next = moves.since
     returning positions.topic, positions.partition`,
    [
      moves.map(({ last }) => last.topic),
      moves.map(({ last }) => last.partition),
      moves.map(({ from }) => from),
      moves.map(({ last }) => last.position + 1),
      moves.map(({ last }) => (last.offset === undefined ? null : last.offset + 1)),
    ],
  );
  if (moved.length === moves.length) return;
  const names = new Set(moved.map(({ topic, partition }) => `${topic}/${partition}`));
  const { last, from } = moves.find(({ last: { topic, partition } }) => !names.has(`${topic}/${partition}`))!;
  throw new PositionMovedError(last.topic, last.partition, from);
}

/** Where a consumer goes on; one that has never read begins at `start`. */
export async function loadPosition(sql: Sql, { topic, partition }: Place, start: number): Promise<number> {
  await sql.query('insert into positions (topic, partition, next) values ($1, $2, $3) on conflict do nothing', [
    topic,
    partition,
    start,
  ]);
  const [row] = await sql.query<{ next: string }>('select next from positions where topic = $1 and partition = $2', [
    topic,
    partition,
  ]);
  return Number(row?.next ?? start);
}

/** Where a service goes on reading a broker's partition: its position and the offset to fetch from, as far as it has read any. */
export async function loadBrokerPosition(
  sql: Sql,
  { topic, partition }: Place,
): Promise<{ next: number; brokerNext: number | undefined }> {
  const [row] = await sql.query<{ next: string; broker_next: string | null }>(
    'select next, broker_next from positions where topic = $1 and partition = $2',
    [topic, partition],
  );
  const brokerNext = row?.broker_next ?? undefined;
  return { next: Number(row?.next ?? -1), brokerNext: brokerNext === undefined ? undefined : Number(brokerNext) };
}

/** Notes that everything below an offset has been handled or was a repetition, while the position stands at `next`. */
export async function passRepetitions(
  sql: Sql,
  { topic, partition }: Place,
  next: number,
  brokerNext: number,
): Promise<void> {
  await sql.query(
    `update positions set broker_next = $4
     where topic = $1 and partition = $2 and next = $3 and coalesce(broker_next, 0) < $4`,
    [topic, partition, next, brokerNext],
  );
}

/** Lets the next start begin with the oldest message that the broker has. */
export async function forgetOffset(sql: Sql, { topic, partition }: Place): Promise<void> {
  await sql.query('update positions set broker_next = null where topic = $1 and partition = $2', [topic, partition]);
}

/**
 * Says that a service has read nothing yet of a partition whose numbers are now another log's; rejects with
 * `PositionMovedError` when it stands elsewhere than at `next`.
 */
export async function forgetNumbers(sql: Sql, { topic, partition }: Place, next: number): Promise<void> {
  const moved = await sql.query(
    `update positions set next = -1, broker_next = 0
     where topic = $1 and partition = $2 and next = $3 and broker_next is null returning next`,
    [topic, partition, next],
  );
  if (moved.length === 0) throw new PositionMovedError(topic, partition, next);
}
