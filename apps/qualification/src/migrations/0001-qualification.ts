import { foldedLeadsTables } from '@baton/persistence/folded-leads-tables';
import { playbookTables } from '@baton/persistence/playbook-versions';
import type { Migration } from '@baton/persistence/sql';

/** Folded leads, the published definitions, and which of them governs each partition of `lead.events`. */
export const createQualification: Migration = {
  name: '0001_qualification',
  up: foldedLeadsTables + playbookTables,
};
