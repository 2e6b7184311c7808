import type { Migration } from '@baton/persistence/sql';

/** Who owns which lead and account, whose turn it is under each rule, and every roster there was. */
export const createRouting: Migration = {
  name: '0001_routing',
  up: `
    create table leads (
      id text primary key,
      sequence bigint not null,
      state text not null
    );

    create table account_owners (
      domain text primary key,
      rep text
    );

    create table rotations (
      rule text primary key,
      waited text not null
    );

    create table rosters (
      version integer primary key,
      roster text not null,
      published_at timestamptz not null
    );
  `,
};
