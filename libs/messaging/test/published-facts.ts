import { topics } from '@baton/contracts/topics';
import type { Publication } from '../src/record.js';

const time = '2026-03-02T09:00:00.000Z';

/** A fact of a lead; its id says the lead and the number, so that a journey can be read. */
export function engaged(lead: string, number: number, data: Record<string, unknown> = {}): Publication {
  return { topic: topics.leadEvents, key: lead, type: 'baton.lead.engaged.v1', id: `${lead}.${number}`, time, data };
}

export function scored(lead: string, id: string): Publication {
  return { topic: topics.leadScores, key: lead, type: 'baton.lead.scored.v1', id, time, data: {} };
}

export function stageChanged(lead: string, sequence: number): Publication {
  return {
    topic: topics.leadStages,
    key: lead,
    type: 'baton.lead.stage-changed.v1',
    id: `${lead}#${sequence}`,
    time,
    data: {},
    sequence,
  };
}

/** Facts 1 to `count` of each lead, the leads taking turns. */
export function interleaved(leads: readonly string[], count: number): Publication[] {
  return Array.from({ length: count }, (_, index) => leads.map((lead) => engaged(lead, index + 1))).flat();
}

/** What each lead's journey must be after `interleaved`. */
export function expectedJourneys(leads: readonly string[], count: number): Record<string, string[]> {
  return Object.fromEntries(
    leads.map((lead) => [lead, Array.from({ length: count }, (_, index) => `${lead}.${index + 1}`)]),
  );
}
