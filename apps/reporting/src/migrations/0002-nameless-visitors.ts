import type { Migration } from '@baton/persistence/sql';

/**
 * Visitors are counted by keyed hashes from here on: whoever is erased stays a number and nothing else. Those counted by name
 * before are counted again when they come back.
 */
export const namelessVisitors: Migration = {
  name: '0002_nameless_visitors',
  up: `truncate visitors`,
};
