import { insertNew } from '@baton/persistence/insert-new';
import type { Sql } from '@baton/persistence/sql';
import { hash } from 'node:crypto';
import type { HistoricEvent } from './event-facts.js';
import type { AccountRow, AccountTraits, LeadRow } from './identity-rows.js';
import type { EventContent } from './incoming-event.js';

/** Anonymous events of one visitor that are published when they identify: the newest ones, by receipt. */
const mostPending = 2000;
/** So many events are worth two statements more. */
const many = 50;

/** Claims event ids; answers those that had no effect before. */
export async function claimEventIds(sql: Sql, eventIds: readonly string[]): Promise<Set<string>> {
  const byHash = new Map(eventIds.map((id) => [hashOf(id), id]));
  const hashes = [...byHash.keys()].sort();
  const insert = 'insert into event_ids (id) select unnest($1::uuid[])';
  // The door has passed over what it saw lately, so that most batches are new from end to end.
  if (hashes.length >= many && (await insertNew(sql, insert, [hashes]))) return new Set(eventIds);
  const rows = await sql.query<{ id: string }>(`${insert} on conflict do nothing returning id`, [hashes]);
  return new Set(rows.map(({ id }) => byHash.get(id) ?? ''));
}

function hashOf(eventId: string): string {
  const hex = hash('sha256', eventId, 'hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

type Named = 'visitors' | 'identifiers' | 'groups';
const ownerColumn = { visitors: 'lead', identifiers: 'lead', groups: 'account' } as const;

/**
 * Locks the rows of these names in order, creating those that are new, so that two batches that name one person agree on them:
 * whoever comes second waits here and then sees what the first decided.
 */
export async function lockNames(sql: Sql, table: Named, ids: ReadonlySet<string>): Promise<Map<string, string | null>> {
  const owners = new Map<string, string | null>();
  if (ids.size === 0) return owners;
  const sorted = [...ids].sort();
  await selectNames(sql, table, { ids: sorted, owners });
  const unknown = sorted.filter((id) => !owners.has(id));
  if (unknown.length === 0) return owners;
  const created = await sql.query<{ id: string }>(
    `insert into ${table} (id) select unnest($1::text[]) on conflict do nothing returning id`,
    [unknown],
  );
  for (const { id } of created) owners.set(id, null);
  const rivals = unknown.filter((id) => !owners.has(id));
  if (rivals.length > 0) await selectNames(sql, table, { ids: rivals, owners });
  return owners;
}

interface NameQuery {
  readonly ids: readonly string[];
  readonly owners: Map<string, string | null>;
}

async function selectNames(sql: Sql, table: Named, { ids, owners }: NameQuery): Promise<void> {
  const rows = await sql.query<{ id: string; owner: string | null }>(
    `select id, ${ownerColumn[table]} as owner from ${table} where id = any($1::text[]) order by id for update`,
    [ids],
  );
  for (const { id, owner } of rows) owners.set(id, owner);
}

/** Locks leads in id order, and the survivors of those that were absorbed. */
export async function lockLeads(sql: Sql, ids: readonly string[]): Promise<Map<string, LeadRow>> {
  const leads = new Map<string, LeadRow>();
  let wanted = [...new Set(ids)];
  while (wanted.length > 0) {
    const rows = await sql.query<StoredLead>(
      `select id, user_id, email, email_at, account, account_at, created_at, sequence, absorbed_into, undeclared
       from leads where id = any($1::text[]) order by id for update`,
      [wanted],
    );
    for (const row of rows) leads.set(row.id, leadRow(row));
    wanted = rows.flatMap(({ absorbed_into: survivor }) => (survivor && !leads.has(survivor) ? [survivor] : []));
  }
  return leads;
}

interface StoredLead {
  id: string;
  user_id: string | null;
  email: string | null;
  email_at: Date | null;
  account: string | null;
  account_at: Date | null;
  created_at: Date;
  sequence: string;
  absorbed_into: string | null;
  undeclared: string;
}

function leadRow(row: StoredLead): LeadRow {
  return {
    id: row.id,
    userId: row.user_id,
    email: row.email,
    emailAt: row.email_at?.getTime() ?? null,
    account: row.account,
    accountAt: row.account_at?.getTime() ?? null,
    createdAt: row.created_at.getTime(),
    sequence: Number(row.sequence),
    absorbedInto: row.absorbed_into,
    undeclared: JSON.parse(row.undeclared) as string[],
  };
}

/** Locks accounts in order, creating those that are new. */
export async function lockAccounts(sql: Sql, ids: ReadonlySet<string>): Promise<Map<string, AccountRow>> {
  const sorted = [...ids].sort();
  await sql.query(
    `insert into accounts (id, version, traits) select id, 0, '{}' from unnest($1::text[]) as wanted(id) on conflict do nothing`,
    [sorted],
  );
  const rows = await sql.query<{ id: string; version: string; traits: string }>(
    'select id, version, traits from accounts where id = any($1::text[]) order by id for update',
    [sorted],
  );
  return new Map(
    rows.map(({ id, version, traits }) => [
      id,
      { id, version: Number(version), traits: JSON.parse(traits) as AccountTraits },
    ]),
  );
}

/** The newest anonymous history of each visitor; an empty list where there is none. */
export async function readPending(sql: Sql, visitors: ReadonlySet<string>): Promise<Map<string, HistoricEvent[]>> {
  const rows = await sql.query<StoredEvent & { visitor: string }>(
    `select newest.visitor, newest.event_id, newest.at, newest.received_at, newest.content
     from unnest($1::text[]) as wanted(visitor)
     cross join lateral (
       select events.visitor, events.event_id, events.at, events.received_at, events.content from events
       where events.visitor = wanted.visitor and events.lead is null
       order by events.received_at desc limit ${mostPending}
     ) as newest`,
    [[...visitors]],
  );
  const byVisitor = Map.groupBy(rows, ({ visitor }) => visitor);
  return new Map([...visitors].map((visitor) => [visitor, (byVisitor.get(visitor) ?? []).map(historicEvent)]));
}

/** The whole history of each lead. */
export async function readHistories(sql: Sql, leads: ReadonlySet<string>): Promise<Map<string, HistoricEvent[]>> {
  const rows = await sql.query<StoredEvent & { lead: string }>(
    'select lead, event_id, at, received_at, content from events where lead = any($1::text[])',
    [[...leads]],
  );
  const byLead = Map.groupBy(rows, ({ lead }) => lead);
  return new Map([...leads].map((lead) => [lead, (byLead.get(lead) ?? []).map(historicEvent)]));
}

interface StoredEvent {
  event_id: string;
  at: Date;
  received_at: Date;
  content: string;
}

function historicEvent({ event_id: eventId, at, received_at: receivedAt, content }: StoredEvent): HistoricEvent {
  return { eventId, at: at.getTime(), receivedAt: receivedAt.getTime(), content: JSON.parse(content) as EventContent };
}
