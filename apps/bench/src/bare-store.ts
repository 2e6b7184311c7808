import type { Sql } from '@baton/persistence/sql';

export async function createEvents(sql: Sql): Promise<void> {
  await sql.query('create table events (id text not null, received_at timestamptz not null, payload text not null)');
}

/** Writes the events of many requests in one durable statement. */
export async function appendEvents(
  sql: Sql,
  events: readonly { readonly id: string; readonly payload: string }[],
  receivedAt: Date,
): Promise<void> {
  await sql.query(
    `insert into events (id, received_at, payload)
     select id, $1, payload from unnest($2::text[], $3::text[]) as given (id, payload)`,
    [receivedAt.toISOString(), events.map(({ id }) => id), events.map(({ payload }) => payload)],
  );
}
