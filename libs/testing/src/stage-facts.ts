import { playbookPublished } from '@baton/contracts/definitions';
import { leadAbsorbed } from '@baton/contracts/lead-events';
import {
  type LeadCorrected,
  type LeadStageChanged,
  leadCorrected,
  leadStageChanged,
} from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import type { Publication } from '@baton/messaging/record';

/** Name and version of the playbook that the facts below were decided under; publish it with `aPlaybook`. */
export const testPlaybook = { name: 'under-test', version: 1, hash: 'hash-under-test' } as const;

/** A definition as qualification publishes it on an empty installation, active at once. */
export function aPlaybook(source: string, at = '2026-03-02T00:00:00.000Z'): Publication {
  const { name, version, hash } = testPlaybook;
  const data = {
    name,
    version,
    hash,
    source,
    publishedAt: at,
    signatures: [],
    bootstrap: true,
    activation: { effectiveAt: at },
  };
  return {
    topic: topics.playbooks,
    key: `${name}@${version}`,
    type: playbookPublished.type,
    id: `playbook:${name}@${version}`,
    time: at,
    data,
  };
}

let sequence = 0;

/** One stage change as qualification would publish it; every default is here, so a test shows only what matters to it. */
export function stageChanged(
  lead: string,
  over: Partial<LeadStageChanged> & { readonly to: LeadStageChanged['to']; readonly at: string; readonly id?: string },
): Publication {
  const { id, ...fields } = over;
  sequence += 1;
  const data: LeadStageChanged = {
    from: 'lead',
    cycle: 1,
    cycleStart: { at: null },
    decidedAt: over.at,
    receivedAt: over.at,
    behind: { partition: 0, position: 0 },
    actor: { kind: 'system' },
    criteria: [],
    via: null,
    traits: {},
    account: { domain: null, freeMail: true, traits: {} },
    persona: 'unknown',
    scores: { fit: 0, engagement: 0, total: 0, grade: 'unknown', asOf: over.at },
    signals: [],
    campaign: null,
    holds: { slas: [], routing: [] },
    playbook: testPlaybook,
    ...fields,
  };
  return {
    topic: topics.leadStages,
    key: lead,
    type: leadStageChanged.type,
    id: id ?? `${lead}:stage:${over.cycle ?? 1}:${over.to}`,
    time: over.at,
    sequence,
    data,
  };
}

/** Takes a stage change back, or gives it an earlier time. */
export function stageCorrected(
  lead: string,
  over: Partial<LeadCorrected> & Pick<LeadCorrected, 'corrects' | 'kind' | 'stage' | 'at'>,
): Publication {
  sequence += 1;
  const data: LeadCorrected = { cycle: 1, decidedAt: over.at, actor: { kind: 'system' }, ...over };
  const id = `${lead}:corrected:${over.corrects}`;
  return { topic: topics.leadStages, key: lead, type: leadCorrected.type, id, time: over.at, sequence, data };
}

/** The last that is said of a lead which goes on as another. */
export function stageAbsorbed(
  lead: string,
  { survivor, at }: { readonly survivor: string; readonly at: string },
): Publication {
  sequence += 1;
  const data = { eventId: `web:merge-${lead}`, at, receivedAt: at, survivor };
  const id = `${lead}:absorbed`;
  return { topic: topics.leadStages, key: lead, type: leadAbsorbed.type, id, time: at, sequence, data };
}
