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

/** Moves a position from where the batch began to where the next begins; rejects with `PositionMovedError` when it stands elsewhere. */
export async function movePosition(sql: Sql, { topic, partition }: Place, from: number, to: number): Promise<void> {
  const moved = await sql.query(
    'update positions set next = $4 where topic = $1 and partition = $2 and next = $3 returning next',
    [topic, partition, from, to],
  );
  if (moved.length === 0) throw new PositionMovedError(topic, partition, from);
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
