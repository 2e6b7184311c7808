import type { Migration } from '@baton/persistence/sql';

/** Names of the traits nobody declared that a lead has told so far, as a JSON list: it is how their number stays bounded. */
export const undeclaredTraits: Migration = {
  name: '0002_undeclared_traits',
  up: `alter table leads add column undeclared text not null default '[]'`,
};
