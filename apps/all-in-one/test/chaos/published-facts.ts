import { leadAbsorbed } from '@baton/contracts/lead-events';
import {
  type LeadAnswered,
  type LeadCorrected,
  type LeadStageChanged,
  leadAnswered,
  leadCorrected,
  leadOutcomeNotApplied,
  leadStageChanged,
} from '@baton/contracts/lead-stages';
import type { AnswerFact } from '@baton/domain/evidence/evidence';
import { answerLead } from '@baton/domain/lifecycle/answer-lead';
import type { Fold, Rejection, StageChange } from '@baton/domain/lifecycle/fold';
import type { LeadFact } from '@baton/domain/lifecycle/lead-fact';
import type { LeadState } from '@baton/domain/lifecycle/lead-state';
import { moveLead } from '@baton/domain/lifecycle/move-lead';
import { undoMove } from '@baton/domain/lifecycle/undo-move';
import type { Playbook, Role } from '@baton/domain/playbook/definition';
import type { LogRecord } from '@baton/messaging/record';

/** A fact as it must stand on `lead.stages`. */
export interface Computed {
  readonly type: string;
  readonly data: object;
}

/** What a fold says on `lead.stages`, in order. */
export function factsOf({ state, answered, changes, corrected, notApplied }: Fold): readonly Computed[] {
  const behind = state.behind && { behind: state.behind };
  return [
    ...(answered
      ? [{ type: leadAnswered.type, data: { ...answered, ...behind, answers: told(answered.answers) } }]
      : []),
    ...changes.map((change) => ({ type: leadStageChanged.type, data: changeData(change) })),
    ...corrected.map((data) => ({
      type: leadCorrected.type,
      data: { ...data, ...behind, corrects: `${state.id}:change:${data.corrects}` },
    })),
    ...notApplied.map((data) => ({ type: leadOutcomeNotApplied.type, data })),
  ];
}

/** The last fact of a lead that goes on as another one. */
export function endOf(fact: LeadFact): readonly Computed[] {
  if (fact.kind !== 'absorbed') return [];
  const { eventId, at, receivedAt, survivor } = fact;
  return [{ type: leadAbsorbed.type, data: { eventId, at, receivedAt, survivor } }];
}

/** A change as it is published: without its number, which its id tells, and without the events that a handoff came by. */
function changeData({ number: _number, handoff, ...change }: StageChange): object {
  if (!handoff) return change;
  const forms = handoff.forms.map(({ event: _event, ...form }) => form);
  return { ...change, handoff: { ...handoff, forms, answers: told(handoff.answers) } };
}

function told(answers: Readonly<Record<string, AnswerFact>>): object {
  return Object.fromEntries(Object.entries(answers).map(([id, { event: _event, ...answer }]) => [id, answer]));
}

/** Whether a person or the clock may have caused a fact at this place: each says behind which event it was decided. */
export function isDecidedAt({ envelope }: LogRecord, { behind: here }: LeadState): boolean {
  const { behind, actor } = envelope.data as LeadStageChanged | LeadAnswered | LeadCorrected;
  // Answers and corrections that no person made come with an event.
  if (envelope.type !== leadStageChanged.type && !isPersonal({ actor })) return false;
  return behind?.partition === here?.partition && behind?.position === here?.position;
}

function isPersonal({ actor }: { readonly actor?: { readonly kind: string } }): boolean {
  return actor !== undefined && actor.kind !== 'system';
}

/** The facts of the one decision that `rest` begins with: those that follow with the same time of deciding. */
export function decisionAtOnce(rest: readonly LogRecord[], state: LeadState): readonly LogRecord[] {
  const first = rest[0]!;
  if (first.envelope.type === leadCorrected.type) return [first];
  const [answered, changes] = first.envelope.type === leadAnswered.type ? [[first], rest.slice(1)] : [[], rest];
  const decided = changes[0] && decidedAtOf(changes[0]);
  const end = changes.findIndex(
    (record) =>
      record.envelope.type !== leadStageChanged.type || decidedAtOf(record) !== decided || !isDecidedAt(record, state),
  );
  const together = changes.slice(0, end === -1 ? changes.length : end);
  // An answer alone is told apart from one that came with the move after it by the time of both.
  if (answered.length > 0 && !belongTogether(first, together)) return answered;
  return [...answered, ...together];
}

/** The command that led to these facts, carried out again; null where no person is behind them. */
export function commandAgain(
  playbook: Playbook,
  state: LeadState,
  group: readonly LogRecord[],
): Fold | Rejection | null {
  const now = decidedAt(group);
  const [first] = group;
  if (first?.envelope.type === leadCorrected.type) {
    const { actor } = first.envelope.data as LeadCorrected;
    return undoMove(playbook, state, { by: actor.kind as Role, actorId: actor.id ?? '' }, now);
  }
  const given = group.find(({ envelope }) => envelope.type === leadAnswered.type)?.envelope.data as
    LeadAnswered | undefined;
  const answers = given && Object.fromEntries(Object.entries(given.answers).map(([id, { value }]) => [id, value]));
  const move = group
    .map(({ envelope }) => envelope.data as LeadStageChanged)
    .find((data) => 'to' in data && isPersonal(data));
  if (move) return moveAgain({ playbook, state, move, answers }, now);
  if (!given || !answers) return null;
  const by = given.actor.kind as Role;
  return answerLead(playbook, state, { answers, by, actorId: given.actor.id ?? '' }, now);
}

interface MoveAgain {
  readonly playbook: Playbook;
  readonly state: LeadState;
  readonly move: LeadStageChanged;
  readonly answers: Record<string, unknown> | undefined;
}

function moveAgain({ playbook, state, move, answers }: MoveAgain, now: number): Fold | Rejection {
  const { to, actor, reason, note, followUp, amount, closeDate } = move;
  const all = { reason, note, followUp, amount, closeDate, answers };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return moveLead(playbook, state, { to, by: actor.kind as Role, actorId: actor.id ?? '', ...given }, now);
}

/** When a decision was made, epoch ms. */
export function decidedAt(group: readonly LogRecord[]): number {
  const timed = group.find(({ envelope }) => envelope.type !== leadAnswered.type) ?? group[0]!;
  return decidedAtOf(timed);
}

function decidedAtOf({ envelope }: LogRecord): number {
  const { decidedAt, at } = envelope.data as { decidedAt?: string; at: string };
  return Date.parse(decidedAt ?? at);
}

function belongTogether(answered: LogRecord, changes: readonly LogRecord[]): boolean {
  const { actor, at } = answered.envelope.data as LeadAnswered;
  return changes.some(({ envelope }) => {
    const change = envelope.data as LeadStageChanged;
    return (change.actor.id === actor.id && change.at === at) || Date.parse(change.decidedAt) === Date.parse(at);
  });
}
