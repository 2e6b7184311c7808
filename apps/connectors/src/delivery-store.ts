import type { DeliveryState, WebhookTopic } from '@baton/contracts/http/connectors';
import type { Sql } from '@baton/persistence/sql';

/** A message for one connector. */
export interface NewDelivery {
  readonly id: string;
  readonly connector: string;
  readonly lead: string;
  readonly type: string;
  readonly body: string;
  /** The trace of the fact; null outside of any. */
  readonly traceparent: string | null;
}

/** The enabled connectors that want a topic. They stay as they are until the transaction ends: none is disabled between being asked and being given deliveries. */
export async function subscribersOf(sql: Sql, topic: WebhookTopic): Promise<readonly string[]> {
  const rows = await sql.query<{ id: string }>(
    'select id from connectors where enabled and $1 = any(topics) order by id for share',
    [topic],
  );
  return rows.map((row) => row.id);
}

/** Appends deliveries to their lanes, in the order given; one that is already there is left alone. A lane that was empty falls due at `now`. */
export async function appendDeliveries(sql: Sql, deliveries: readonly NewDelivery[], now: number): Promise<void> {
  if (deliveries.length === 0) return;
  const due = new Date(now);
  const column = (name: keyof NewDelivery) => deliveries.map((delivery) => delivery[name]);
  // The lanes first, in order: a result that is being stored must not empty a lane while something is appended to it.
  await sql.query(
    `insert into lanes (connector, lead) select distinct connector, lead from unnest($1::text[], $2::text[]) as new (connector, lead)
     order by connector, lead on conflict (connector, lead) do update set taken = lanes.taken`,
    [column('connector'), column('lead')],
  );
  await sql.query(
    `insert into deliveries (id, connector, lead, type, body, traceparent, created_at)
     select id, connector, lead, type, body, traceparent, $7
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
       with ordinality as new (id, connector, lead, type, body, traceparent, place) order by place
     on conflict (id) do nothing`,
    [column('id'), column('connector'), column('lead'), column('type'), column('body'), column('traceparent'), due],
  );
  await sql.query(
    `update lanes l set due_at = $3 from (select distinct * from unnest($1::text[], $2::text[]) as new (connector, lead)) new
     where l.connector = new.connector and l.lead = new.lead and l.due_at is null
       and exists (select from deliveries d where d.connector = l.connector and d.lead = l.lead and d.state = 'pending')`,
    [column('connector'), column('lead'), due],
  );
}

export interface Forgetting {
  readonly leads: readonly string[];
  /** Types of facts that stay. */
  readonly but: readonly string[];
  readonly now: number;
}

/** Forgets what was told, or was to be told, of erased leads; what stays falls due at `now` where the lane was due at all. */
export async function forgetDeliveries(sql: Sql, { leads, but, now }: Forgetting): Promise<void> {
  if (leads.length === 0) return;
  await sql.query('update lanes set taken = taken + 1 where lead = any($1::text[])', [leads]);
  await sql.query('delete from deliveries where lead = any($1::text[]) and not type = any($2::text[])', [leads, but]);
  await sql.query(
    `update lanes l set due_at = (select $2::timestamptz where exists (
       select from deliveries d where d.connector = l.connector and d.lead = l.lead and d.state = 'pending'))
     where l.lead = any($1::text[]) and l.due_at is not null`,
    [leads, new Date(now)],
  );
}

/** The delivery at the head of a lane that was taken in hand. */
export interface TakenDelivery {
  readonly id: string;
  readonly connector: string;
  readonly lead: string;
  readonly body: string;
  readonly traceparent: string | null;
  readonly attempts: number;
  /** Which taking of the lane this is. */
  readonly taken: string;
}

/** When the next lane falls due, epoch ms; null when none will. */
export async function nextLaneDue(sql: Sql): Promise<number | null> {
  const rows = await sql.query<{ due: Date | null }>('select min(due_at) as due from lanes where due_at is not null');
  return rows[0]?.due?.getTime() ?? null;
}

/**
 * Takes up to `limit` due lanes in hand until `leaseUntil` and answers the first open delivery of each. Whoever dies with a
 * lane in hand leaves it to fall due again then: the same message goes out once more, under the same id.
 */
export async function takeDueLanes(
  sql: Sql,
  { now, leaseUntil, limit }: { readonly now: number; readonly leaseUntil: number; readonly limit: number },
): Promise<readonly TakenDelivery[]> {
  return sql.query<TakenDelivery>(
    `with due as (
       select connector, lead from lanes where due_at <= $1 order by due_at limit $3 for update skip locked),
     taken as (
       update lanes l set due_at = $2, taken = l.taken + 1 from due where l.connector = due.connector and l.lead = due.lead
       returning l.connector, l.lead, l.taken)
     select d.id, d.connector, d.lead, d.body, d.traceparent, d.attempts, taken.taken
     from taken cross join lateral (
       select * from deliveries d where d.connector = taken.connector and d.lead = taken.lead and d.state = 'pending'
       order by d.number limit 1) d`,
    [new Date(now), new Date(leaseUntil), limit],
  );
}

/** What an attempt did to its delivery. */
export interface Attempt {
  readonly delivery: TakenDelivery;
  readonly state: DeliveryState;
  /** When to try again, epoch ms, while `state` is pending. */
  readonly againAt: number | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly now: number;
}

/**
 * Stores how an attempt ended and lets the lane go on: to the same delivery later, or to the next one at once. A result that
 * comes after the lane was taken again changes nothing but a delivery that it proves to have arrived.
 */
export async function storeAttempt(sql: Sql, { delivery, state, againAt, status, error, now }: Attempt): Promise<void> {
  const { connector, lead, taken, id } = delivery;
  const mine = await sql.query('select from lanes where connector = $1 and lead = $2 and taken = $3 for update', [
    connector,
    lead,
    taken,
  ]);
  if (mine.length === 0 && state !== 'delivered') return;
  await sql.query(
    `update deliveries set state = $2, attempts = attempts + 1, last_status = $3, last_error = $4,
       delivered_at = case when $2 = 'delivered' then $5::timestamptz end, body = case when $2 = 'delivered' then null else body end
     where id = $1 and state = 'pending'`,
    [id, state, status, error, new Date(now)],
  );
  if (mine.length === 0) return;
  await sql.query(
    `update lanes l set due_at = coalesce($3, (select $4::timestamptz where exists (
       select from deliveries d where d.connector = l.connector and d.lead = l.lead and d.state = 'pending')))
     where l.connector = $1 and l.lead = $2`,
    [connector, lead, againAt === null ? null : new Date(againAt), new Date(now)],
  );
}

export interface DeliveryRow {
  readonly number: string;
  readonly id: string;
  readonly lead: string;
  readonly type: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly nextAttemptAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
}

const shown = `d.number, d.id, d.lead, d.type, d.state, d.attempts, d.created_at as "createdAt", d.delivered_at as "deliveredAt",
  d.last_status as "lastStatus", d.last_error as "lastError",
  (select l.due_at from lanes l where l.connector = d.connector and l.lead = d.lead and d.state = 'pending'
     and not exists (select from deliveries e where e.connector = d.connector and e.lead = d.lead and e.state = 'pending' and e.number < d.number)) as "nextAttemptAt"`;

export interface DeliveryQuestion {
  readonly connector: string;
  readonly state?: DeliveryState | undefined;
  readonly lead?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** A connector's deliveries before a number, newest first. */
export async function listDeliveries(sql: Sql, question: DeliveryQuestion): Promise<readonly DeliveryRow[]> {
  const { connector, state, lead, before, limit } = question;
  return sql.query<DeliveryRow>(
    `select ${shown} from deliveries d where d.connector = $1 and ($2::text is null or d.state = $2)
       and ($3::text is null or d.lead = $3) and ($4::bigint is null or d.number < $4) order by d.number desc limit $5`,
    [connector, state ?? null, lead ?? null, before ?? null, limit],
  );
}

export async function findDelivery(sql: Sql, connector: string, id: string): Promise<DeliveryRow | undefined> {
  const rows = await sql.query<DeliveryRow>(`select ${shown} from deliveries d where d.connector = $1 and d.id = $2`, [
    connector,
    id,
  ]);
  return rows[0];
}

/** Opens a delivery again with a fresh schedule and makes its lane due at `now`, if the connector is enabled. */
export async function reopenDelivery(
  sql: Sql,
  delivery: Pick<DeliveryRow, 'id' | 'lead'> & { readonly connector: string },
  now: number,
): Promise<void> {
  await sql.query(
    `update lanes l set due_at = $3, taken = l.taken + 1 from connectors c
     where l.connector = $1 and l.lead = $2 and c.id = l.connector and c.enabled`,
    [delivery.connector, delivery.lead, new Date(now)],
  );
  await sql.query(`update deliveries set state = 'pending', attempts = 0 where id = $1 and state <> 'delivered'`, [
    delivery.id,
  ]);
}
