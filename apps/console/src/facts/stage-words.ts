import type { Stage } from '../api/types.js';

/** The stages on the way from a first touch to a deal, in order. */
export const path: readonly Stage[] = ['lead', 'mql', 'accepted', 'sql', 'opportunity', 'customer'];

const names: Record<Stage, string> = {
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

/** A stage as people write it. */
export function stageName(stage: Stage): string {
  return names[stage] ?? stage;
}

/** Whether a lead at this stage is out of the way to a deal. */
export function isAside(stage: Stage): boolean {
  return stage === 'nurture' || stage === 'disqualified' || stage === 'lost';
}

/** An id such as `email-reply` or `economic-buyer` in plain words: `Email reply`. */
export function inWords(id: string): string {
  const words = id
    .replaceAll(/[-_.]/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, (_, left: string, right: string) => `${left} ${right.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
