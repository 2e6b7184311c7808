import { createHash } from 'node:crypto';
import type { Sql } from '@baton/persistence/sql';

/**
 * Leases are advisory locks of a session: the server frees them when the process ends, however it ends. They only keep
 * replicas out of each other's way; what makes effects exactly-once is the compare-and-set of the position.
 */
export interface LeaseKey {
  readonly group: number;
  readonly member: number;
}

/** Locks have two 32-bit numbers: a hash of the name and the partition. */
export function leaseKey(name: string, member: number): LeaseKey {
  return { group: createHash('sha256').update(name).digest().readInt32BE(), member };
}

/** Takes what is free; answers, in the order asked, which ones this session now holds. */
export async function takeLeases(sql: Sql, keys: readonly LeaseKey[]): Promise<boolean[]> {
  if (keys.length === 0) return [];
  const rows = await sql.query<{ held: boolean }>(
    `select pg_try_advisory_lock(wanted.grp, wanted.member) as held
     from unnest($1::int[], $2::int[]) with ordinality as wanted (grp, member, place) order by place`,
    [keys.map((key) => key.group), keys.map((key) => key.member)],
  );
  return rows.map((row) => row.held);
}

export async function freeLeases(sql: Sql, keys: readonly LeaseKey[]): Promise<void> {
  if (keys.length === 0) return;
  await sql.query(
    'select pg_advisory_unlock(held.grp, held.member) from unnest($1::int[], $2::int[]) as held (grp, member)',
    [keys.map((key) => key.group), keys.map((key) => key.member)],
  );
}

/** Says that this session takes part in a group, until it ends. */
export async function joinGroup(sql: Sql, group: number): Promise<void> {
  await sql.query('select pg_advisory_lock_shared($1, -1)', [group]);
}

/** How many sessions take part in each group. */
export async function countMembers(sql: Sql, groups: readonly number[]): Promise<Map<number, number>> {
  const rows = await sql.query<{ grp: string; members: number }>(
    `select locks.classid::bigint as grp, count(*)::int as members from pg_locks locks
     where locks.locktype = 'advisory' and locks.mode = 'ShareLock' and locks.granted and locks.objsubid = 2
       and locks.database = (select oid from pg_database where datname = current_database())
       and locks.classid::bigint = any(select wanted.grp::bigint & 4294967295 from unnest($1::int[]) as wanted (grp))
     group by locks.classid`,
    [groups],
  );
  const counted = new Map(rows.map((row) => [Number(row.grp) | 0, row.members]));
  return new Map(groups.map((group) => [group, counted.get(group) ?? 0]));
}
