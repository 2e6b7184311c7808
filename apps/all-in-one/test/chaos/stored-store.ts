import type { ServiceName, Topic } from '@baton/contracts/topics';
import type { LeadClocks } from '@baton/domain/sla/clock-state';
import { openDatabase } from '@baton/persistence/open-database';
import type { Sql } from '@baton/persistence/sql';

/** How far services have come, by topic and partition, the first number that is still to come. */
export type Reached = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The numbers that a service has given in its outbox. */
export function written(url: string, service: ServiceName): Promise<Reached> {
  return reached(url, service, 'select topic, partition, next from outbox_counters');
}

/** The numbers up to which a service has handled what it reads. */
export function handled(url: string, service: ServiceName): Promise<Reached> {
  return reached(url, service, 'select topic, partition, next from positions');
}

/** Leads of a service that the clock will still do something to, by `until` (epoch ms) at the latest. */
export async function leadsDue(url: string, service: ServiceName, until: number): Promise<number> {
  const statement = 'select count(*) as due from leads where due_at <= $1';
  const [row] = await inSchema(url, service, (sql) => sql.query<{ due: string }>(statement, [new Date(until)]));
  return Number(row?.due);
}

/** The clocks that sla-monitor has stored, by lead. */
export async function storedClocks(url: string): Promise<Map<string, LeadClocks>> {
  const rows = await inSchema(url, 'sla-monitor', (sql) =>
    sql.query<{ id: string; state: string }>('select id, state from leads'),
  );
  return new Map(rows.map(({ id, state }) => [id, JSON.parse(state) as LeadClocks]));
}

export interface PutAside {
  readonly topic: string;
  readonly key: string;
  readonly id: string;
  readonly reason: string;
}

/** What a service could not handle. */
export function deadLettersIn(url: string, service: ServiceName): Promise<readonly PutAside[]> {
  return inSchema(url, service, (sql) => sql.query<PutAside>('select topic, key, id, reason from dead_letters'));
}

/** Deliveries that have neither arrived nor been given up, with those that were given up. */
export async function openDeliveries(
  url: string,
): Promise<readonly { readonly id: string; readonly connector: string }[]> {
  const statement = `select id, connector from deliveries where state <> 'delivered'`;
  return inSchema(url, 'connectors', (sql) => sql.query<{ id: string; connector: string }>(statement));
}

/** Whether everything that `producers` wrote of `topics` was handled by `service`; a sentence about the first that was not. */
export function lagOf(topics: readonly Topic[], ends: ReadonlyMap<ServiceName, Reached>, read: Reached): string | null {
  for (const topic of topics.filter(({ direct }) => !direct)) {
    for (const [partition, end] of Object.entries(ends.get(topic.producer)?.[topic.name] ?? {})) {
      const next = read[topic.name]?.[partition] ?? 0;
      if (next < end) return `${topic.name}/${partition} was handled up to ${next} of ${end}`;
    }
  }
  return null;
}

async function reached(url: string, service: ServiceName, statement: string): Promise<Reached> {
  const rows = await inSchema(url, service, (sql) =>
    sql.query<{ topic: string; partition: number; next: string }>(statement),
  );
  const byTopic = Map.groupBy(rows, ({ topic }) => topic);
  return Object.fromEntries(
    [...byTopic].map(([topic, own]) => [
      topic,
      Object.fromEntries(own.map(({ partition, next }) => [partition, Number(next)])),
    ]),
  );
}

async function inSchema<Result>(
  url: string,
  schema: ServiceName,
  read: (sql: Sql) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase({ url, schema, poolSize: 1 });
  try {
    return await read(database);
  } finally {
    await database.close();
  }
}
