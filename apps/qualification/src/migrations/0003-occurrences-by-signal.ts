import { foldedLeadsOccurrences } from '@baton/persistence/folded-leads-tables';
import type { Migration } from '@baton/persistence/sql';

/** Occurrences without a unique key, found by lead and signal. */
export const occurrencesBySignal: Migration = { name: '0003_occurrences_by_signal', up: foldedLeadsOccurrences };
