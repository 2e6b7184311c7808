import type { LeadFact, LeadFactOf } from '../lifecycle/lead-fact.js';
import type { Playbook, Scope, SignalRule } from '../playbook/definition.js';
import type { AnswerFact, Evidence, NeedsHistory, Occurrence } from './evidence.js';
import { type EvidencePlan, evidencePlan } from './evidence-plan.js';
import { answersFrom, forgetAnswers, recordAnswers } from './record-answers.js';
import { appendOccurrence, placeOf, recountSignal } from './record-occurrence.js';
import { recordAccount, recordTraits, refreshProfile } from './record-profile.js';
import { forgetVisit, recordVisit } from './record-visit.js';

/** Evidence after one fact, and what the fact gave. */
export interface EvidenceFold {
  readonly evidence: Evidence;
  /** To be appended to the lead's stored occurrences. */
  readonly newOccurrences: readonly Occurrence[];
  /** This fact's own signals, as far as they count (`every`). */
  readonly counted: readonly Occurrence[];
  /** Events whose stored occurrences are to be deleted. */
  readonly revoked: readonly string[];
  /** Pre-filled answers that were taken. */
  readonly answered: Readonly<Record<string, AnswerFact>>;
  /** Whether a signal, trait or answer changed, so that a condition may have another value. */
  readonly changed: boolean;
}

const revocationsKept = 100;
const nothing = { newOccurrences: [], counted: [], revoked: [], answered: {}, changed: false };

/**
 * Folds one fact of `lead.events` into a lead's evidence; pure, and never changes what it was given.
 *
 * Given where cycles start, the same set of facts gives the same scores and ledger, in whatever order and however often
 * they come (design/playbook.md, section 6). A fact in order costs the same however long the history. One that gives a
 * signal whose newer occurrences are folded already, or takes signals back, needs the stored occurrences of those signals:
 * without them (`history` null) the answer is `NeedsHistory` and nothing has happened. A repeated event has no effect.
 */
export function foldEvidence(
  playbook: Playbook,
  evidence: Evidence,
  fact: LeadFact,
  history: readonly Occurrence[] | null,
): EvidenceFold | NeedsHistory {
  const timed =
    evidence.leadTime !== null && evidence.leadTime >= fact.at ? evidence : { ...evidence, leadTime: fact.at };
  switch (fact.kind) {
    case 'identified':
    case 'profile-updated':
    case 'merged':
      return foldProfile(playbook, timed, fact);
    case 'engaged':
      return foldEngagement(playbook, timed, fact, history);
    case 'engagement-revoked':
      return foldRevocation(playbook, timed, fact, history);
    case 'activity-recorded':
    case 'outcome-recorded':
    case 'stage-imported':
    case 'absorbed':
    case 'erased':
      return { ...nothing, evidence: timed };
  }
}

function foldProfile(
  playbook: Playbook,
  evidence: Evidence,
  fact: LeadFactOf<'identified' | 'profile-updated' | 'merged'>,
): EvidenceFold {
  const stamp = { at: fact.at, event: fact.eventId };
  const withTraits = recordTraits(playbook, evidence, fact.traits, stamp);
  const told = fact.account === null ? withTraits : recordAccount(playbook, withTraits, fact.account, stamp);
  const changed = told !== evidence || evidence.lead['persona'] === undefined;
  return { ...nothing, evidence: changed ? refreshProfile(playbook, told) : evidence, changed };
}

function foldEngagement(
  playbook: Playbook,
  evidence: Evidence,
  fact: LeadFactOf<'engaged'>,
  history: readonly Occurrence[] | null,
): EvidenceFold | NeedsHistory {
  if (fact.event.automated !== undefined || evidence.revoked.includes(fact.eventId)) {
    return { ...nothing, evidence };
  }
  const scope = eventScope(fact);
  const occurrences = signalsOf(playbook, fact, scope).map(({ id }) => ({
    signal: id,
    at: fact.at,
    event: fact.eventId,
  }));
  const counted = countOccurrences(evidencePlan(playbook), evidence, occurrences, history);
  if ('needs' in counted) {
    return counted;
  }
  const visited = recordVisit(counted.evidence, fact);
  const told = answersFrom(playbook, scope);
  if (told === null) {
    return { ...nothing, ...counted, evidence: visited, changed: counted.newOccurrences.length > 0 };
  }
  const answers = recordAnswers(playbook, visited, told, { at: fact.at, event: fact.eventId, by: 'lead' });
  const answered = Object.keys(answers.taken).length > 0;
  return {
    ...nothing,
    ...counted,
    evidence: answered ? refreshProfile(playbook, answers.evidence) : answers.evidence,
    answered: answers.taken,
    changed: answered || counted.newOccurrences.length > 0,
  };
}

/** What a signal's condition sees of an event; its time as RFC 3339 text, written only if asked for. */
function eventScope({ at, event }: LeadFactOf<'engaged'>): Scope {
  const seen = {
    ...event,
    get at() {
      return new Date(at).toISOString();
    },
  };
  return { now: at, event: seen };
}

function signalsOf({ signalsOn }: Playbook, { event }: LeadFactOf<'engaged'>, scope: Scope): readonly SignalRule[] {
  const rules = signalsOn.get(event.type === 'track' ? `track:${event.name ?? ''}` : event.type);
  return rules === undefined ? [] : rules.filter(({ when }) => when === undefined || when.evaluate(scope) === true);
}

type OccurrencesCounted = Pick<EvidenceFold, 'evidence' | 'newOccurrences' | 'counted'>;

function countOccurrences(
  plan: EvidencePlan,
  evidence: Evidence,
  occurrences: readonly Occurrence[],
  history: readonly Occurrence[] | null,
): OccurrencesCounted | NeedsHistory {
  if (occurrences.length === 0) {
    return { evidence, newOccurrences: [], counted: [] };
  }
  const late = occurrences.filter((occurrence) => placeOf(plan, evidence, occurrence) === 'late');
  if (late.length > 0 && history === null) {
    return { needs: 'history', signals: late.map(({ signal }) => signal) };
  }
  const result = { evidence, newOccurrences: [] as Occurrence[], counted: [] as Occurrence[] };
  for (const occurrence of occurrences) {
    const place = placeOf(plan, result.evidence, occurrence);
    if (place === 'repeat' || (place === 'late' && isStored(history ?? [], occurrence))) {
      continue;
    }
    const step =
      place === 'next'
        ? appendOccurrence(plan, result.evidence, occurrence)
        : insertOccurrence(plan, result.evidence, occurrence, history ?? []);
    result.evidence = step.evidence;
    result.newOccurrences.push(occurrence);
    if (step.counts) {
      result.counted.push(occurrence);
    }
  }
  return result;
}

function insertOccurrence(
  plan: EvidencePlan,
  evidence: Evidence,
  occurrence: Occurrence,
  history: readonly Occurrence[],
): { readonly evidence: Evidence; readonly counts: boolean } {
  const recounted = recountSignal(plan, evidence, occurrence.signal, [...history, occurrence]);
  return { evidence: recounted.evidence, counts: recounted.counted.some(({ event }) => event === occurrence.event) };
}

function isStored(history: readonly Occurrence[], { event, signal }: Occurrence): boolean {
  return history.some((stored) => stored.event === event && stored.signal === signal);
}

function foldRevocation(
  playbook: Playbook,
  evidence: Evidence,
  { revokes }: LeadFactOf<'engagement-revoked'>,
  history: readonly Occurrence[] | null,
): EvidenceFold | NeedsHistory {
  if (evidence.revoked.includes(revokes)) {
    return { ...nothing, evidence };
  }
  const known = Object.keys(evidence.signals);
  if (history === null && known.length > 0) {
    return { needs: 'history', signals: known };
  }
  const plan = evidencePlan(playbook);
  const stored = history ?? [];
  const stays = stored.filter(({ event }) => event !== revokes);
  const gone = stored.filter(({ event }) => event === revokes);
  const signals = new Set(gone.map(({ signal }) => signal));
  const revoked = [...evidence.revoked, revokes].slice(-revocationsKept);
  const forgotten = forgetAnswers(
    forgetVisit({ ...evidence, revoked }, revokes, new Set(gone.map(({ at }) => at))),
    revokes,
  );
  const recounted = [...signals].reduce(
    (state, signal) => recountSignal(plan, state, signal, stays).evidence,
    forgotten,
  );
  return { ...nothing, evidence: refreshProfile(playbook, recounted), revoked: [revokes], changed: true };
}
