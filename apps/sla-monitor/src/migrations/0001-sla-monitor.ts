import type { Migration } from '@baton/persistence/sql';

/** The clocks of each lead as folded, when they are next due, each clock as last published, and the rosters they count by. */
export const createSlaMonitor: Migration = {
  name: '0001_sla_monitor',
  up: `
    create table leads (
      id text primary key,
      sequence bigint not null,
      state text not null,
      due_at timestamptz
    ) with (fillfactor = 70);
    create index leads_due_at on leads (due_at) where due_at is not null;

    create table clocks (
      id text primary key,
      lead text not null,
      state text not null,
      due_at timestamptz not null,
      clock text not null,
      acknowledged_by text,
      acknowledged_at timestamptz
    );
    create index clocks_lead on clocks (lead);
    create index clocks_due_at on clocks (due_at, id);
    create index clocks_state_due_at on clocks (state, due_at, id);

    create table rosters (
      version integer primary key,
      roster text not null
    );
  `,
};
