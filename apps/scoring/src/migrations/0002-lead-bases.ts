import { foldedLeadsBases } from '@baton/persistence/folded-leads-tables';
import type { Migration } from '@baton/persistence/sql';

/** What changed of a lead stands apart from its whole state, which is written seldom. */
export const leadBases: Migration = { name: '0002_lead_bases', up: foldedLeadsBases };
