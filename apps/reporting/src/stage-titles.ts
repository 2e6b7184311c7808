import type { Stage } from '@baton/contracts/lead-stages';

/** Stages as people say them. */
export const stageTitles: Readonly<Record<Stage, string>> = {
  visitor: 'Visitor',
  lead: 'Lead',
  mql: 'MQL',
  accepted: 'Accepted',
  sql: 'SQL',
  opportunity: 'Opportunity',
  customer: 'Customer',
  nurture: 'Nurture',
  disqualified: 'Disqualified',
  lost: 'Lost',
};
