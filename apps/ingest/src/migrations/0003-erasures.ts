import type { Migration } from '@baton/persistence/sql';

/**
 * Keyed hashes of everything that named a person who was erased, so that what is sent of them later is known and dropped. The
 * indexes find all that belongs to one person; `events_nobodys` covers what names people without belonging to anybody.
 */
export const erasures: Migration = {
  name: '0003_erasures',
  up: `
    create table erasures (name_hash text primary key, erased_at timestamptz not null);
    create index identifiers_lead on identifiers (lead) where lead is not null;
    create index visitors_lead on visitors (lead) where lead is not null;
    create index leads_absorbed on leads (absorbed_into) where absorbed_into is not null;
    create index events_nobodys on events (received_at) where lead is null and visitor is null;
  `,
};
