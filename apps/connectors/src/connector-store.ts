import type { WebhookTopic } from '@baton/contracts/http/connectors';
import type { Sql } from '@baton/persistence/sql';

/** A connection as stored; secrets are sealed. */
export interface StoredConnector {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly topics: readonly WebhookTopic[];
  readonly enabled: boolean;
  readonly allowPrivate: boolean;
  readonly disabledReason: string | null;
  readonly secret: string;
  /** Signed with beside the present one until `formerUntil`. */
  readonly formerSecret: string | null;
  readonly formerUntil: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const columns = `c.id, c.name, c.url, c.topics, c.enabled, c.allow_private as "allowPrivate", c.disabled_reason as "disabledReason",
  c.secret, c.former_secret as "formerSecret", c.former_until as "formerUntil", c.created_at as "createdAt", c.updated_at as "updatedAt"`;

export async function listConnectors(sql: Sql): Promise<readonly (StoredConnector & { readonly open: number })[]> {
  return sql.query(
    `select ${columns}, (select count(*) from deliveries d where d.connector = c.id and d.state = 'pending')::int as open
     from connectors c order by c.created_at, c.id`,
  );
}

export async function findConnector(sql: Sql, id: string): Promise<StoredConnector | undefined> {
  const rows = await sql.query<StoredConnector>(`select ${columns} from connectors c where c.id = $1`, [id]);
  return rows[0];
}

/** Deliveries of a connector that have neither arrived nor been given up. */
export async function countOpen(sql: Sql, connector: string): Promise<number> {
  const rows = await sql.query<{ open: number }>(
    `select count(*)::int as open from deliveries where connector = $1 and state = 'pending'`,
    [connector],
  );
  return rows[0]?.open ?? 0;
}

export async function saveConnector(sql: Sql, connector: StoredConnector): Promise<void> {
  await sql.query(
    `insert into connectors (id, name, url, topics, enabled, allow_private, disabled_reason, secret, former_secret, former_until, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (id) do update set name = excluded.name, url = excluded.url, topics = excluded.topics, enabled = excluded.enabled,
       allow_private = excluded.allow_private, disabled_reason = excluded.disabled_reason, secret = excluded.secret,
       former_secret = excluded.former_secret, former_until = excluded.former_until, updated_at = excluded.updated_at`,
    [
      connector.id,
      connector.name,
      connector.url,
      connector.topics,
      connector.enabled,
      connector.allowPrivate,
      connector.disabledReason,
      connector.secret,
      connector.formerSecret,
      connector.formerUntil,
      connector.createdAt,
      connector.updatedAt,
    ],
  );
}

/** Removes a connection with its lanes and deliveries; false when there is none. */
export async function removeConnector(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql.query('delete from connectors where id = $1 returning id', [id]);
  return rows.length > 0;
}

/** Locks a connection against changes until the transaction ends. */
export async function lockConnector(sql: Sql, id: string): Promise<StoredConnector | undefined> {
  const rows = await sql.query<StoredConnector>(`select ${columns} from connectors c where c.id = $1 for update`, [id]);
  return rows[0];
}

export async function disableConnector(sql: Sql, id: string, reason: string): Promise<void> {
  await sql.query('update connectors set enabled = false, disabled_reason = $2 where id = $1', [id, reason]);
  await pauseLanes(sql, id);
}

/** Nothing of a disabled connection falls due. */
export async function pauseLanes(sql: Sql, connector: string): Promise<void> {
  await sql.query('update lanes set due_at = null, taken = taken + 1 where connector = $1', [connector]);
}

/** What waited while the connection was disabled falls due now. */
export async function resumeLanes(sql: Sql, connector: string, now: number): Promise<void> {
  await sql.query(
    `update lanes l set due_at = $2 where l.connector = $1 and l.due_at is null
       and exists (select from deliveries d where d.connector = l.connector and d.lead = l.lead and d.state = 'pending')`,
    [connector, new Date(now)],
  );
}
