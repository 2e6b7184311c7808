import type { Occurrence } from '../src/evidence/evidence.js';
import type { Fold } from '../src/lifecycle/fold.js';
import { foldLead } from '../src/lifecycle/fold-lead.js';
import type { LeadFact } from '../src/lifecycle/lead-fact.js';
import { type LeadState, newLead } from '../src/lifecycle/lead-state.js';
import type { Playbook } from '../src/playbook/definition.js';

type Told = { readonly at: number; readonly id: string; readonly historic?: boolean };

export const start = Date.parse('2026-03-01T09:00:00Z');
export const second = 1000;
export const hour = 3_600_000;
export const day = 24 * hour;

function origin({ at, id, historic = false }: Told) {
  return { eventId: id, at, receivedAt: at + 100, historic, position: null };
}

export function tracked(told: Told, name: string, properties: Readonly<Record<string, unknown>> = {}): LeadFact {
  return { ...origin(told), kind: 'engaged', event: { type: 'track', name, properties, source: 'web' } };
}

export function identified(
  told: Told,
  traits: Readonly<Record<string, string>> = {},
  account: Readonly<Record<string, number>> = {},
): LeadFact {
  const timed = Object.fromEntries(Object.entries(account).map(([name, value]) => [name, { value, at: told.at }]));
  return {
    ...origin(told),
    kind: 'identified',
    traits,
    account: { domain: 'acme.example', freeMail: false, traits: timed },
  };
}

export function outcome(told: Told, what: 'created' | 'updated' | 'won' | 'lost', more: object = {}): LeadFact {
  return { ...origin(told), kind: 'outcome-recorded', outcome: what, ...more };
}

export function imported(told: Told, stage: string, more: object = {}): LeadFact {
  return { ...origin({ ...told, historic: true }), kind: 'stage-imported', stage, ...more };
}

export function revoked(told: Told, revokes: string): LeadFact {
  return { ...origin(told), kind: 'engagement-revoked', revokes };
}

/** A lead with its stored occurrences, as a service keeps them. */
export interface Kept {
  readonly state: LeadState;
  readonly stored: readonly Occurrence[];
  readonly folds: readonly Fold[];
}

export const nobody: Kept = { state: newLead('lead-1'), stored: [], folds: [] };

/** Folds one fact as a service does: without history first, with the stored occurrences when asked for them. */
export function foldKept(playbook: Playbook, kept: Kept, fact: LeadFact): Kept {
  const first = foldLead(playbook, kept.state, fact, null);
  const wanted = 'needs' in first ? new Set(first.signals) : null;
  const fold =
    wanted === null
      ? first
      : foldLead(
          playbook,
          kept.state,
          fact,
          kept.stored.filter(({ signal }) => wanted.has(signal)),
        );
  if ('needs' in fold) {
    throw new Error(`asked twice for history: ${fold.signals.join(', ')}`);
  }
  return keepFold(kept, fold);
}

export function keepFold(kept: Kept, fold: Fold): Kept {
  const stored = [...kept.stored, ...fold.newOccurrences].filter(({ event }) => !fold.revoked.includes(event));
  return { state: fold.state, stored, folds: [...kept.folds, fold] };
}

export function foldAll(playbook: Playbook, facts: readonly LeadFact[], kept: Kept = nobody): Kept {
  return facts.reduce((before, fact) => foldKept(playbook, before, fact), kept);
}

/** `lead@0 mql@3600000`: stages with their times from the start of the test's calendar. */
export function stagesOf({ folds }: Kept): string[] {
  return folds.flatMap(({ changes }) => changes.map(({ to, at }) => `${to}@${at - start}`));
}
