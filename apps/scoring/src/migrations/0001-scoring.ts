import { foldedLeadsTables } from '@baton/persistence/folded-leads-tables';
import { playbookTables } from '@baton/persistence/playbook-versions';
import type { Migration } from '@baton/persistence/sql';

/** Folded evidence per lead, the definitions it is scored by, and which of them governs each partition of `lead.events`. */
export const createScoring: Migration = {
  name: '0001_scoring',
  up: foldedLeadsTables + playbookTables,
};
