import { leadStageChanged, type LeadStageChanged } from '@baton/contracts/lead-stages';
import type { Occurrence } from '@baton/domain/evidence/evidence';
import { isFold } from '@baton/domain/lifecycle/fold';
import { foldLead } from '@baton/domain/lifecycle/fold-lead';
import { readLeadFact } from '@baton/domain/lifecycle/lead-fact';
import { type LeadState, newLead } from '@baton/domain/lifecycle/lead-state';
import type { Playbook } from '@baton/domain/playbook/definition';
import type { LogRecord } from '@baton/messaging/record';

/** What one lead must have come to. */
export interface Expected {
  readonly state: LeadState;
  /** Stages entered, in order. */
  readonly history: readonly string[];
}

/** Folds a recorded `lead.events` one record after the other with the pure functions alone: no batches, no database, no crash. */
export function foldSequentially(playbook: Playbook, records: readonly LogRecord[]): Map<string, Expected> {
  const leads = new Map<string, Expected>();
  const occurrences = new Map<string, Occurrence[]>();
  for (const { key, partition, position, envelope } of records) {
    const fact = readLeadFact(envelope.type, envelope.data as object, { partition, position });
    if (!fact) continue;
    const { state, history } = leads.get(key) ?? { state: newLead(key), history: [] };
    const known = occurrences.get(key) ?? [];
    const folded = foldLead(playbook, state, fact, known);
    if (!isFold(folded)) throw new Error(`The fold of ${key} asked for history although it had all of it.`);
    const stays = known.filter(({ event }) => !folded.revoked.includes(event));
    occurrences.set(key, [...stays, ...folded.newOccurrences]);
    leads.set(key, { state: folded.state, history: [...history, ...folded.changes.map(({ to }) => to)] });
  }
  return leads;
}

/** Stages that were announced on `lead.stages`, by lead, in the order of their announcement. */
export function announcedStages(records: readonly LogRecord[]): Map<string, string[]> {
  const changes = records.filter(({ envelope }) => envelope.type === leadStageChanged.type);
  const byLead = Map.groupBy(changes, ({ key }) => key);
  return new Map(
    [...byLead].map(([lead, facts]) => [lead, facts.map(({ envelope }) => (envelope.data as LeadStageChanged).to)]),
  );
}
