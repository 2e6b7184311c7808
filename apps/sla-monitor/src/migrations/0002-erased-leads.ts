import type { Migration } from '@baton/persistence/sql';

/** The row of an erased lead stays, empty: what the other topics still say of it finds it there and is dropped. */
export const erasedLeads: Migration = {
  name: '0002_erased_leads',
  up: `alter table leads add column erased boolean not null default false`,
};
