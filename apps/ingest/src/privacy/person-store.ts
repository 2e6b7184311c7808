import type { Sql } from '@baton/persistence/sql';
import { lockLeads, lockNames } from '../identity/identity-store.js';
import type { LeadRow } from '../identity/identity-rows.js';
import type { KnownPerson } from './erasure-store.js';

/** The lead that an identifier names; null when nobody has it. */
export async function leadNamed(sql: Sql, identifier: string): Promise<string | null> {
  const [row] = await sql.query<{ lead: string | null }>('select lead from identifiers where id = $1', [identifier]);
  return row?.lead ?? null;
}

/** Everything that names the person whom a lead stands for; null when there is no such lead. */
export async function findPerson(sql: Sql, lead: string): Promise<KnownPerson | null> {
  const leads = await sql.query<{ id: string }>(
    `with recursive upward (id, absorbed_into) as (
       select id, absorbed_into from leads where id = $1
       union all
       select leads.id, leads.absorbed_into from upward join leads on leads.id = upward.absorbed_into),
     downward (id, depth) as (
       select id, 0 from upward where absorbed_into is null
       union all
       select leads.id, depth + 1 from downward join leads on leads.absorbed_into = downward.id)
     select id from downward order by depth, id`,
    [lead],
  );
  const ids = leads.map(({ id }) => id);
  const owned = (table: 'identifiers' | 'visitors') =>
    sql.query<{ id: string }>(`select id from ${table} where lead = any($1::text[]) order by id`, [ids]);
  const identifiers = (await owned('identifiers')).map(({ id }) => id);
  const visitors = (await owned('visitors')).map(({ id }) => id);
  return ids.length === 0 ? null : { leads: ids, identifiers, visitors };
}

export interface LockedPerson extends KnownPerson {
  readonly rows: ReadonlyMap<string, LeadRow>;
}

/**
 * Locks a person as batches do, names before leads, so that nothing is added to them until the transaction ends. What was added
 * while this waited is locked in another round; once the leads are locked nothing more can be. Null when nobody is left.
 */
export async function lockPerson(sql: Sql, lead: string): Promise<LockedPerson | null> {
  for (let known = await findPerson(sql, lead); known;) {
    await lockNames(sql, 'visitors', new Set(known.visitors));
    await lockNames(sql, 'identifiers', new Set(known.identifiers));
    const rows = await lockLeads(sql, known.leads);
    const now = await findPerson(sql, lead);
    if (JSON.stringify(now) === JSON.stringify(known)) return { ...known, rows };
    known = now;
  }
  return null;
}

export interface KnownEvent {
  readonly eventId: string;
  readonly at: Date;
  readonly receivedAt: Date;
  /** JSON. */
  readonly content: string;
}

/** Everything that was received of these leads, in event-time order. */
export async function eventsOf(sql: Sql, leads: readonly string[]): Promise<readonly KnownEvent[]> {
  return sql.query<KnownEvent>(
    `select event_id as "eventId", at, received_at as "receivedAt", content from events
     where lead = any($1::text[]) order by at, event_id`,
    [leads],
  );
}
