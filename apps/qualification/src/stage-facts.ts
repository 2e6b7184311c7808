import type { LeadAnswered, LeadCorrected, LeadStageChanged } from '@baton/contracts/lead-stages';
import { leadAnswered, leadCorrected, leadOutcomeNotApplied, leadStageChanged } from '@baton/contracts/lead-stages';
import { leadAbsorbed, leadErased } from '@baton/contracts/lead-events';
import type { PlaybookRef } from '@baton/contracts/lead-scores';
import { topics } from '@baton/contracts/topics';
import type {
  AccountView,
  Answered,
  Correction,
  CountedSignal,
  Fold,
  Handoff,
  NotApplied,
  StageChange,
} from '@baton/domain/lifecycle/fold';
import type { LeadFactOf } from '@baton/domain/lifecycle/lead-fact';
import type { FactPosition } from '@baton/domain/lifecycle/lead-state';
import type { AnswerFact } from '@baton/domain/evidence/evidence';
import type { Publication } from '@baton/messaging/record';

/** Id of a stage change, the same however often it is decided. */
export function changeId(lead: string, number: number): string {
  return `${lead}:change:${number}`;
}

/**
 * What a fold says to the world on `lead.stages`: answers before the changes they led to, then changes and corrections,
 * numbered on from `sequence`.
 */
export function stageFacts(
  lead: string,
  fold: Fold,
  decided: { playbook: PlaybookRef; sequence: number },
): Publication[] {
  const { playbook } = decided;
  const facts = [
    ...(fold.answered ? [answeredFact(fold.answered, fold.state.behind)] : []),
    ...fold.changes.map((change) => changeFact(lead, change, playbook)),
    ...fold.corrected.map((correction) => correctionFact(lead, correction, fold.state.behind)),
    ...fold.notApplied.map(notAppliedFact),
  ];
  return facts.map(({ id, ...fact }, index) => {
    const sequence = decided.sequence + index + 1;
    return { topic: topics.leadStages, key: lead, id: id ?? `${lead}:stages:${sequence}`, sequence, ...fact };
  });
}

/** The last fact of a lead that was erased, `sequence` being the last number given. */
export function erasedFact(
  lead: string,
  { at, sequence }: { readonly at: number; readonly sequence: number },
): Publication {
  return {
    topic: topics.leadStages,
    key: lead,
    type: leadErased.type,
    id: `${lead}:erased`,
    time: rfc3339(at),
    sequence: sequence + 1,
    data: { at: rfc3339(at), receivedAt: rfc3339(at) },
  };
}

/** The last fact of a lead that goes on as another, `sequence` being the last number given. */
export function absorbedFact(
  lead: string,
  { fact, sequence }: { readonly fact: LeadFactOf<'absorbed'>; readonly sequence: number },
): Publication {
  const { eventId, at, receivedAt, historic, survivor } = fact;
  return {
    topic: topics.leadStages,
    key: lead,
    type: leadAbsorbed.type,
    id: `${lead}:absorbed`,
    time: rfc3339(at),
    sequence: sequence + 1,
    data: {
      eventId,
      at: rfc3339(at),
      receivedAt: rfc3339(receivedAt),
      survivor,
      ...(historic ? { historic } : {}),
    },
  };
}

interface Fact {
  readonly type: string;
  readonly time: string;
  readonly data: unknown;
  readonly id?: string;
}

function changeFact(lead: string, change: StageChange, playbook: PlaybookRef): Fact {
  return {
    type: leadStageChanged.type,
    id: changeId(lead, change.number),
    time: rfc3339(change.at),
    data: changeData(change, playbook),
  };
}

function changeData(change: StageChange, playbook: PlaybookRef): LeadStageChanged {
  const { number: _number, signals, wakeAt, handoff, scores, account, cycleStart, ...rest } = change;
  return {
    ...rest,
    incomplete: change.incomplete && [...change.incomplete],
    criteria: [...change.criteria],
    holds: { slas: [...change.holds.slas], routing: [...change.holds.routing] },
    traits: change.traits as LeadStageChanged['traits'],
    behind: change.behind ?? { partition: -1, position: -1 },
    at: rfc3339(change.at),
    decidedAt: rfc3339(change.decidedAt),
    receivedAt: rfc3339(change.receivedAt),
    cycleStart: { ...cycleStart, at: cycleStart.at === null ? null : rfc3339(cycleStart.at) },
    account: accountData(account),
    scores: { ...scores, asOf: rfc3339(scores.asOf) },
    signals: signals.map(signalData),
    ...(wakeAt === undefined ? {} : { wakeAt: rfc3339(wakeAt) }),
    ...(handoff ? { handoff: handoffData(handoff) } : {}),
    playbook,
  };
}

function accountData({ domain, freeMail, traits }: AccountView): LeadStageChanged['account'] {
  const timed = Object.entries(traits).map(([name, { value, at }]) => [name, { value, at: rfc3339(at) }]);
  return { domain, freeMail, traits: Object.fromEntries(timed) };
}

function signalData({ at, ...signal }: CountedSignal) {
  return { ...signal, at: rfc3339(at) };
}

function handoffData(handoff: Handoff): NonNullable<LeadStageChanged['handoff']> {
  return {
    ...handoff,
    reasons: [...handoff.reasons],
    open: [...handoff.open],
    signals: handoff.signals.map(signalData),
    pages: handoff.pages.map(({ path, title, at }) => ({ path, title, at: rfc3339(at) })),
    forms: handoff.forms.map(({ form, fields, at }) => ({ form, fields, at: rfc3339(at) })),
    answers: answersData(handoff.answers),
  };
}

function answersData(answers: Readonly<Record<string, AnswerFact>>): LeadAnswered['answers'] {
  return Object.fromEntries(
    Object.entries(answers).map(([id, { value, at, by }]) => [id, { value, at: rfc3339(at), by }]),
  );
}

function answeredFact({ cycle, answers, actor, at }: Answered, behind: FactPosition | null): Fact {
  const data: LeadAnswered = {
    cycle,
    answers: answersData(answers),
    actor,
    at: rfc3339(at),
    ...(behind && { behind }),
  };
  return { type: leadAnswered.type, time: rfc3339(at), data };
}

function correctionFact(lead: string, correction: Correction, behind: FactPosition | null): Fact {
  const data: LeadCorrected = {
    ...correction,
    ...(behind && { behind }),
    corrects: changeId(lead, correction.corrects),
    at: rfc3339(correction.at),
    decidedAt: rfc3339(correction.decidedAt),
  };
  return { type: leadCorrected.type, time: rfc3339(correction.decidedAt), data };
}

function notAppliedFact(notApplied: NotApplied): Fact {
  return {
    type: leadOutcomeNotApplied.type,
    time: rfc3339(notApplied.at),
    data: { ...notApplied, at: rfc3339(notApplied.at) },
  };
}

export function rfc3339(at: number): string {
  return new Date(at).toISOString();
}
