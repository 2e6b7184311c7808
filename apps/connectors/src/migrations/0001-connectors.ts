import type { Migration } from '@baton/persistence/sql';

/**
 * A lane is what one lead sends to one connector: its deliveries go out one after the other. Only lanes have due times, so
 * a dead receiver costs one due row per lead, however many deliveries wait behind it.
 */
export const connectorTables: Migration = {
  name: '0001_connectors',
  up: `
    create table connectors (
      id text primary key,
      name text not null,
      url text not null,
      topics text[] not null,
      enabled boolean not null,
      allow_private boolean not null,
      disabled_reason text,
      -- sealed with a key derived from the installation's secret
      secret text not null,
      former_secret text,
      former_until timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );

    create table lanes (
      connector text not null references connectors on delete cascade,
      lead text collate "C" not null,
      -- when to try its first open delivery; null: nothing open, or the connector is disabled
      due_at timestamptz,
      -- raised by whoever takes the lane in hand, so that a result that comes too late does not move it
      taken bigint not null default 0,
      primary key (connector, lead)
    );
    create index lanes_by_due on lanes (due_at) where due_at is not null;

    create table deliveries (
      number bigint generated always as identity primary key,
      id text not null unique,
      connector text not null references connectors on delete cascade,
      lead text collate "C" not null,
      type text not null,
      -- null once it has arrived
      body text,
      state text not null default 'pending',
      attempts integer not null default 0,
      created_at timestamptz not null,
      delivered_at timestamptz,
      last_status integer,
      last_error text
    );
    create index deliveries_open on deliveries (connector, lead, number) where state = 'pending';
    create index deliveries_by_connector on deliveries (connector, number desc);
    create index deliveries_by_lead on deliveries (lead);
  `,
};
