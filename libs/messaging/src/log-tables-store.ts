import { migrate } from '@baton/persistence/migrate';
import { quoteIdentifier } from '@baton/persistence/quote-identifier';
import type { Database, Migration, Sql } from '@baton/persistence/sql';
import { schemasWithLog } from './log-store.js';

/**
 * The tables that every service has beside its own: its outbox, which on the embedded transport is the log itself; how
 * far it has read others; and what it could not handle.
 * A segment holds the records of one partition and transaction. `offsets` is null while the segment is dense; a segment
 * that compaction has thinned lists the position of each record that is left.
 */
const logMigrations: readonly Migration[] = [
  {
    name: '0001_log',
    up: `
      create table outbox_segments (
        topic text not null, partition int not null, first bigint not null, count int not null, bytes int not null,
        payload text not null, offsets bigint[], written_at timestamptz not null default now(),
        primary key (topic, partition, first));
      -- JSON in text compresses badly for what pglz costs: stored as it is.
      alter table outbox_segments alter column payload set storage external;
      create index outbox_segments_age on outbox_segments (written_at);
      create table outbox_counters (topic text not null, partition int not null, next bigint not null, primary key (topic, partition))
        with (fillfactor = 50);
      create table positions (topic text not null, partition int not null, next bigint not null, primary key (topic, partition))
        with (fillfactor = 50);
      create table dead_letters (
        id text primary key, topic text not null, partition int not null, position bigint not null, key text not null,
        type text not null, reason text not null, attempts int not null, at timestamptz not null, original text not null,
        replayed_at timestamptz);
      create index dead_letters_at on dead_letters (at);
      create table log_settings (singleton boolean primary key default true check (singleton), partitions int not null);
    `,
  },
  {
    name: '0002_broker',
    up: `
      -- Where a broker keeps what is read next: an offset counts repetitions too.
      alter table positions add column broker_next bigint;
      -- How far the outbox has been shipped to a broker.
      create table relayed (topic text not null, partition int not null, next bigint not null, primary key (topic, partition))
        with (fillfactor = 50);
      -- Which process ships it, and until when it may go without saying so again.
      create table relay_lease (singleton boolean primary key default true check (singleton), holder text not null, until timestamptz not null);
    `,
  },
  {
    name: '0003_history',
    up: `
      -- What left the log and is kept for replays: a table for each month, which an operator may drop. Dense or thinned like the log.
      create table history_segments (
        topic text not null, partition int not null, first bigint not null, count int not null,
        payload text not null, offsets bigint[], written_at timestamptz not null) partition by range (written_at);
      alter table history_segments alter column payload set storage external;
      create index history_segments_place on history_segments (topic, partition, first);
      -- Keys that were erased, for as long as the log may have records of them that history must not get.
      create table erased_keys (key text primary key, erased_at timestamptz not null default now(), swept boolean not null default false);
    `,
  },
];

/** Partitions of a spread topic in the installation of these schemas; undefined before one of their services was ever started. */
export async function storedPartitions(sql: Sql, schemas: readonly string[]): Promise<number | undefined> {
  const [schema] = await schemasWithLog(sql, schemas);
  if (schema === undefined) return undefined;
  const [settings] = await sql.query<{ partitions: number }>(
    `select partitions from ${quoteIdentifier(schema)}.log_settings`,
  );
  return settings?.partitions;
}

const prepared = new WeakMap<Database, Promise<void>>();

/**
 * Creates the tables, once per database object. Rejects when the installation was made with another number of partitions:
 * the keys' records lie where that number put them.
 */
export function ensureLogTables(database: Database, partitions: number): Promise<void> {
  const before = prepared.get(database);
  if (before) return before;
  const attempt = prepare(database, partitions);
  prepared.set(database, attempt);
  attempt.catch(() => prepared.delete(database));
  return attempt;
}

async function prepare(database: Database, partitions: number): Promise<void> {
  await migrate(database, logMigrations, 'messaging');
  await database.query('insert into log_settings (partitions) values ($1) on conflict do nothing', [partitions]);
  const [settings] = await database.query<{ partitions: number }>('select partitions from log_settings');
  if (settings?.partitions === partitions) return;
  throw new Error(
    `Schema ${database.schema} was made with ${settings?.partitions} partitions and cannot change to ${partitions}: start with KAFKA_PARTITIONS, or without Kafka BATON_PARTITIONS, set to ${settings?.partitions}`,
  );
}
