import type { Migration } from '@baton/persistence/sql';

/**
 * `leads.state` is the folded state as JSON text; `revision` counts its writes, so that a cached state is used only while
 * it is the stored one. `due_at` is the next computed time. `occurrences` are read by late facts alone.
 */
export const createQualification: Migration = {
  name: '0001_qualification',
  up: `
    create table leads (
      id text primary key,
      partition integer not null,
      revision bigint not null,
      sequence bigint not null,
      state text not null,
      due_at timestamptz
    ) with (fillfactor = 70);
    create index leads_due_at on leads (due_at) where due_at is not null;

    create table occurrences (
      lead text not null,
      signal text not null,
      at timestamptz not null,
      event text not null,
      primary key (lead, signal, at, event)
    );

    create table playbooks (
      name text not null,
      version integer not null,
      hash text not null,
      source text not null,
      published_at timestamptz not null,
      bootstrap boolean not null,
      primary key (name, version)
    );

    create table active_playbooks (
      partition integer primary key,
      name text not null,
      version integer not null
    );
  `,
};
