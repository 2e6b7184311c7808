import type { Sql } from '@baton/persistence/sql';

/** A partition's first position that the broker does not have for sure. */
export interface Relayed {
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
}

export async function loadRelayed(sql: Sql): Promise<Relayed[]> {
  const rows = await sql.query<{ topic: string; partition: number; next: string }>(
    'select topic, partition, next from relayed',
  );
  return rows.map(({ topic, partition, next }) => ({ topic, partition, next: Number(next) }));
}

/** Notes how far the outbox is shipped; a position never goes back. */
export async function keepRelayed(sql: Sql, relayed: readonly Relayed[]): Promise<void> {
  await sql.query(
    `insert into relayed (topic, partition, next) select * from unnest($1::text[], $2::int[], $3::bigint[])
     on conflict (topic, partition) do update set next = greatest(relayed.next, excluded.next)`,
    [relayed.map(({ topic }) => topic), relayed.map(({ partition }) => partition), relayed.map(({ next }) => next)],
  );
}

/** Takes or renews the right to ship this outbox for some milliseconds; answers false while another process has it. */
export async function takeRelayLease(sql: Sql, holder: string, forMs: number): Promise<boolean> {
  const held = await sql.query(
    `insert into relay_lease as lease (holder, until) values ($1, now() + make_interval(secs => $2::float8 / 1000))
     on conflict (singleton) do update set holder = excluded.holder, until = excluded.until
       where lease.holder = excluded.holder or lease.until < now()
     returning holder`,
    [holder, forMs],
  );
  return held.length > 0;
}

/** Lets another process take the lease at once. */
export async function freeRelayLease(sql: Sql, holder: string): Promise<void> {
  await sql.query('update relay_lease set until = now() where holder = $1', [holder]);
}

/** Segments that wait to be shipped, and the age of the oldest in seconds. */
export async function measureOutbox(sql: Sql): Promise<{ records: number; ageSeconds: number }> {
  const [row] = await sql.query<{ records: string; age: string }>(
    `select coalesce(sum(first + count - greatest(first, coalesce(next, 0))), 0) as records,
            coalesce(extract(epoch from now() - min(written_at)), 0) as age
     from outbox_segments left join relayed using (topic, partition) where first + count > coalesce(next, 0)`,
  );
  return { records: Number(row?.records ?? 0), ageSeconds: Number(row?.age ?? 0) };
}
