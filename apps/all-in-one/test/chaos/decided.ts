import type { LeadAssigned } from '@baton/contracts/lead-assignments';

/** An assignment that was published. */
export interface Decided {
  readonly id: string;
  readonly lead: string;
  readonly data: LeadAssigned;
}
