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

/** Takes or renews the right to ship this outbox for some milliseconds; answers 0, or for how many another process has it. */
export async function takeRelayLease(sql: Sql, holder: string, forMs: number): Promise<number> {
  const held = await sql.query(
    `insert into relay_lease as lease (holder, until) values ($1, now() + make_interval(secs => $2::float8 / 1000))
     on conflict (singleton) do update set holder = excluded.holder, until = excluded.until
       where lease.holder = excluded.holder or lease.until < now()
     returning holder`,
    [holder, forMs],
  );
  if (held.length > 0) return 0;
  const [others] = await sql.query<{ ms: string }>(
    'select extract(epoch from until - now()) * 1000 as ms from relay_lease',
  );
  return Math.max(1, Number(others?.ms ?? 0));
}

/** Lets another process take the lease at once. */
export async function freeRelayLease(sql: Sql, holder: string): Promise<void> {
  await sql.query('update relay_lease set until = now() where holder = $1', [holder]);
}

/** Records that wait to be shipped, and the age of the oldest in seconds; looks at a segment or two of each partition. */
export async function measureOutbox(sql: Sql): Promise<{ records: number; ageSeconds: number }> {
  const [row] = await sql.query<{ records: string; age: string }>(
    `select coalesce(sum(ends - greatest(first, shipped)), 0) as records,
            coalesce(extract(epoch from now() - min(written_at)), 0) as age
     from (select topic, partition, counters.next as ends, coalesce(relayed.next, 0) as shipped
           from outbox_counters as counters left join relayed using (topic, partition)) as places
     cross join lateral (
       select first, written_at from outbox_segments as log
       where log.topic = places.topic and log.partition = places.partition and first + count > shipped
         and first >= coalesce((select max(first) from outbox_segments as covering
           where covering.topic = places.topic and covering.partition = places.partition and first <= shipped), shipped)
       order by first limit 1) as oldest
     where ends > shipped`,
  );
  return { records: Number(row?.records ?? 0), ageSeconds: Number(row?.age ?? 0) };
}
