import type { Sql } from '@baton/persistence/sql';

export interface StoredPosition {
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
  /** Null after the embedded log was read. */
  readonly brokerNext: number | null;
}

/** Writes a position as another consumer of the same service would have. */
export async function storePosition(sql: Sql, { topic, partition, next, brokerNext }: StoredPosition): Promise<void> {
  await sql.query(
    `insert into positions (topic, partition, next, broker_next) values ($1, $2, $3, $4)
     on conflict (topic, partition) do update set next = excluded.next, broker_next = excluded.broker_next`,
    [topic, partition, next, brokerNext],
  );
}

/** What docs/scale.md tells an operator to do before going back to the embedded log. */
export async function goBackToEmbeddedLog(sql: Sql): Promise<void> {
  await sql.query(
    `update positions set broker_next = null, next = coalesce((select relayed.next from ingest.relayed
       where relayed.topic = positions.topic and relayed.partition = positions.partition), 0)
     where topic = 'visitor.events'`,
  );
}
