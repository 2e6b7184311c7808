import type { Migration } from '@baton/persistence/sql';

/** Keys as their hashes; a revoked one stays, so that lists and later readers of `access` know it. */
export const keys: Migration = {
  name: '0004_keys',
  up: `
    create table keys (
      id text primary key,
      kind text not null check (kind in ('write', 'secret')),
      name text not null,
      hash text not null unique,
      source text,
      role text,
      created_at timestamptz not null,
      revoked_at timestamptz,
      check ((kind = 'write') = (source is not null)),
      check ((kind = 'secret') = (role is not null)));
  `,
};
