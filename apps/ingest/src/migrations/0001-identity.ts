import type { Migration } from '@baton/persistence/sql';

/**
 * `event_ids` makes an event have effect once, for ever: PostgreSQL can keep a key unique over the partitions of `events` only
 * together with the month, and a retry may arrive in the next one. So the ids stand apart, as 128 bits of SHA-256 each, and stay
 * when old months of the history leave.
 */
export const identityTables: Migration = {
  name: '0001_identity',
  up: `
    create table event_ids (id uuid primary key);

    create table events (
      received_at timestamptz not null,
      event_id text not null,
      at timestamptz not null,
      lead text,
      visitor text,
      content text not null
    ) partition by range (received_at);
    create index events_lead on events (lead) where lead is not null;
    create index events_pending on events (visitor) where lead is null and visitor is not null;

    create table visitors (id text primary key, lead text) with (fillfactor = 80);
    create table identifiers (id text primary key, lead text);
    create table leads (
      id text primary key,
      user_id text,
      email text,
      email_at timestamptz,
      account text,
      account_at timestamptz,
      created_at timestamptz not null,
      sequence bigint not null,
      absorbed_into text
    ) with (fillfactor = 70);
    create index leads_account on leads (account, id) where account is not null;

    create table groups (id text primary key, account text);
    create table accounts (id text primary key, version bigint not null, traits text not null);
    create table account_news (
      account text primary key,
      version bigint not null,
      moved_to text,
      except_lead text not null,
      after_lead text not null
    );

    create table arrivals (kind text primary key, at timestamptz not null);
    create table activations (
      name text not null,
      version integer not null,
      hash text not null,
      effective_at timestamptz not null,
      traits text not null,
      appended_at timestamptz,
      primary key (name, version, effective_at)
    );
  `,
};
