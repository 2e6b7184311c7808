import type { Batch } from '@baton/messaging/record';
import type { DataOf } from '@baton/contracts/envelope';
import type { visitorEventAccepted } from '@baton/contracts/visitor-events';
import type { Sql } from '@baton/persistence/sql';
import { keyedHash } from '@baton/service-kit/keyed-hash';
import type { Sightings } from './known-visitors.js';

/** Makes of a visitor's key what nobody can make the key of without the installation's secret; the same key gives the same hash. */
export type HashVisitor = (key: string) => string;

export function hashVisitorsWith(installationSecret: string): HashVisitor {
  const hash = keyedHash(installationSecret, 'baton visitors');
  return (key) => hash(key).slice(0, 22);
}

/** The earliest event of each visitor in a batch of `visitor.events`, which is keyed by source and visitor. */
export function firstSightings({ records }: Batch): Sightings {
  const first = new Map<string, string>();
  for (const { key, envelope } of records) {
    const { at } = envelope.data as DataOf<typeof visitorEventAccepted>;
    const known = first.get(key);
    if (known === undefined || at < known) first.set(key, at);
  }
  return first;
}

/**
 * Counts each visitor once, from the earliest of their events. A visitor may be an e-mail address: only a hash is kept, so the
 * count needs nobody's name.
 */
export async function countVisitors(sql: Sql, first: Sightings, hashOf: HashVisitor): Promise<void> {
  if (first.size === 0) return;
  // The subquery is one look into the index per visitor, however many there are; nothing is locked for those known already.
  await sql.query(
    `insert into visitors (visitor, first_at)
     select told.visitor, told.first_at from unnest($1::text[], $2::timestamptz[]) as told (visitor, first_at)
     where told.first_at < coalesce((select known.first_at from visitors known where known.visitor = told.visitor), 'infinity')
     order by told.visitor
     on conflict (visitor) do update set first_at = least(visitors.first_at, excluded.first_at)`,
    [[...first.keys()].map(hashOf), [...first.values()]],
  );
}

/** Visitors first seen in `[from, to)`; a null bound is open. */
export async function visitorsBetween(sql: Sql, from: string | null, to: string | null): Promise<number> {
  const rows = await sql.query<{ count: string }>(
    `select count(*) as count from visitors
     where ($1::timestamptz is null or first_at >= $1) and ($2::timestamptz is null or first_at < $2)`,
    [from, to],
  );
  return Number(rows[0]?.count ?? 0);
}
