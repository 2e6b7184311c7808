import {
  type LeadAnswered,
  type LeadCorrected,
  type LeadStageChanged,
  leadAnswered,
  leadCorrected,
  leadOutcomeNotApplied,
  leadStageChanged,
} from '@baton/contracts/lead-stages';
import type { AnswerFact, Occurrence } from '@baton/domain/evidence/evidence';
import { advanceLead } from '@baton/domain/lifecycle/advance-lead';
import { answerLead } from '@baton/domain/lifecycle/answer-lead';
import { type Fold, isFold, isRejection, type Rejection, type StageChange } from '@baton/domain/lifecycle/fold';
import { foldLead } from '@baton/domain/lifecycle/fold-lead';
import { type LeadFact, readLeadFact } from '@baton/domain/lifecycle/lead-fact';
import { type LeadState, newLead } from '@baton/domain/lifecycle/lead-state';
import { moveLead } from '@baton/domain/lifecycle/move-lead';
import { undoMove } from '@baton/domain/lifecycle/undo-move';
import type { Playbook, Role } from '@baton/domain/playbook/definition';
import type { LogRecord } from '@baton/messaging/record';
import { difference } from './same.js';

export interface LifecycleOracle {
  readonly states: ReadonlyMap<string, LeadState>;
  /** What was published otherwise than computed, at most one sentence per lead. */
  readonly faults: readonly string[];
  /** Facts of `lead.stages` that were computed and found as published. */
  readonly compared: number;
  /** Of those, how many a person or the clock caused. */
  readonly commands: number;
  readonly timers: number;
}

/**
 * Folds the recorded `lead.events` one record after the other with the pure functions alone, puts what people and the clock
 * did where `lead.stages` says it was decided, and compares every fact of `lead.stages` with what comes out.
 */
export function replayLifecycle(
  playbook: Playbook,
  events: readonly LogRecord[],
  stages: readonly LogRecord[],
): LifecycleOracle {
  const published = Map.groupBy(stages, ({ key }) => key);
  const states = new Map<string, LeadState>();
  const faults: string[] = [];
  const sums = { compared: 0, commands: 0, timers: 0 };
  for (const [lead, records] of Map.groupBy(events, ({ key }) => key)) {
    const facts = records.flatMap(({ partition, position, envelope }) => {
      const fact = readLeadFact(envelope.type, envelope.data as object, { partition, position });
      return fact ? [fact] : [];
    });
    if (facts.length === 0) continue;
    const replay = new LeadReplay(playbook, lead, published.get(lead) ?? []);
    try {
      replay.run(facts);
    } catch (error) {
      faults.push(`${lead}: ${(error as Error).message}`);
    }
    states.set(lead, replay.state);
    sums.compared += replay.compared;
    sums.commands += replay.commands;
    sums.timers += replay.timers;
  }
  for (const lead of published.keys()) if (!states.has(lead)) faults.push(`${lead}: stages of a lead without events`);
  return { states, faults, ...sums };
}

class LeadReplay {
  state: LeadState;
  compared = 0;
  commands = 0;
  timers = 0;
  private occurrences: readonly Occurrence[] = [];

  constructor(
    private readonly playbook: Playbook,
    lead: string,
    private readonly published: readonly LogRecord[],
  ) {
    this.state = newLead(lead);
  }

  run(facts: readonly LeadFact[]): void {
    for (const fact of facts) {
      const fold = foldLead(this.playbook, this.state, fact, this.occurrences);
      if (!isFold(fold)) throw new Error('the fold asked for history although it had all of it');
      this.take(fold, 'an event');
      this.replayOthers();
    }
    const rest = this.published.length - this.compared;
    if (rest > 0)
      throw new Error(`${rest} more facts were published than anything explains, from ${this.next()?.envelope.id}`);
  }

  private next(): LogRecord | undefined {
    return this.published[this.compared];
  }

  /** What a person or the clock did behind the fact just folded. */
  private replayOthers(): void {
    for (let next = this.next(); next && this.isHere(next); next = this.next()) {
      const group = this.groupFrom(next);
      const command = this.commandOf(group);
      if (command) this.commands += 1;
      else this.timers += 1;
      const fold = command ?? advanceLead(this.playbook, this.state, decidedAt(group));
      if (isRejection(fold)) throw new Error(`a command was published that is refused: ${fold.detail}`);
      const before = this.compared;
      this.take(fold, command ? 'a command' : 'the clock');
      if (this.compared === before) throw new Error(`nothing explains ${next.envelope.id}`);
    }
  }

  /** Each says behind which event it was decided; corrections that no person made come with an event. */
  private isHere({ envelope }: LogRecord): boolean {
    const { behind, actor } = envelope.data as LeadStageChanged | LeadAnswered | LeadCorrected;
    if (envelope.type !== leadStageChanged.type && !this.isPersonal({ actor })) return false;
    return behind?.partition === this.state.behind?.partition && behind?.position === this.state.behind?.position;
  }

  private isPersonal({ actor }: { readonly actor?: { readonly kind: string } }): boolean {
    return actor !== undefined && actor.kind !== 'system';
  }

  /** The facts of one decision: those that follow with the same time of deciding. */
  private groupFrom(first: LogRecord): readonly LogRecord[] {
    const rest = this.published.slice(this.compared);
    if (first.envelope.type === leadCorrected.type) return [first];
    const [answered, changes] = first.envelope.type === leadAnswered.type ? [[first], rest.slice(1)] : [[], rest];
    const decided = changes[0] && decidedAtOf(changes[0]);
    const end = changes.findIndex(
      (record) =>
        record.envelope.type !== leadStageChanged.type || decidedAtOf(record) !== decided || !this.isHere(record),
    );
    const together = changes.slice(0, end === -1 ? changes.length : end);
    // An answer alone is told apart from one that came with the move after it by the time of both.
    if (answered.length > 0 && !belongTogether(first, together)) return answered;
    return [...answered, ...together];
  }

  private commandOf(group: readonly LogRecord[]): Fold | Rejection | null {
    const now = decidedAt(group);
    const [first] = group;
    if (first?.envelope.type === leadCorrected.type) {
      const { actor } = first.envelope.data as LeadCorrected;
      return undoMove(this.playbook, this.state, { by: actor.kind as Role, actorId: actor.id ?? '' }, now);
    }
    const told = group.find(({ envelope }) => envelope.type === leadAnswered.type)?.envelope.data as
      LeadAnswered | undefined;
    const answers = told && Object.fromEntries(Object.entries(told.answers).map(([id, { value }]) => [id, value]));
    const move = group
      .map(({ envelope }) => envelope.data as LeadStageChanged)
      .find((data) => 'to' in data && this.isPersonal(data));
    if (move) return this.moveOf(move, answers, now);
    if (!told || !answers) return null;
    return answerLead(
      this.playbook,
      this.state,
      { answers, by: told.actor.kind as Role, actorId: told.actor.id ?? '' },
      now,
    );
  }

  private moveOf(
    { to, actor, reason, note, followUp, amount, closeDate }: LeadStageChanged,
    answers: Record<string, unknown> | undefined,
    now: number,
  ): Fold | Rejection {
    const told = { reason, note, followUp, amount, closeDate, answers };
    const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
    return moveLead(this.playbook, this.state, { to, by: actor.kind as Role, actorId: actor.id ?? '', ...given }, now);
  }

  /** Takes a fold whose facts are those published next. */
  private take(fold: Fold, cause: string): void {
    const behind = fold.state.behind && { behind: fold.state.behind };
    const computed: { readonly type: string; readonly data: object }[] = [
      ...(fold.answered
        ? [{ type: leadAnswered.type, data: { ...fold.answered, ...behind, answers: told(fold.answered.answers) } }]
        : []),
      ...fold.changes.map((change) => ({ type: leadStageChanged.type, data: published(change) })),
      ...fold.corrected.map((data) => ({
        type: leadCorrected.type,
        data: { ...data, ...behind, corrects: `${this.state.id}:change:${data.corrects}` },
      })),
      ...fold.notApplied.map((data) => ({ type: leadOutcomeNotApplied.type, data })),
    ];
    for (const fact of computed) {
      const next = this.next();
      const what = `${fact.type} ${JSON.stringify(fact.data).slice(0, 200)} from ${cause}`;
      if (!next) throw new Error(`${what} was not published`);
      const { playbook: _playbook, ...data } = next.envelope.data as { playbook?: unknown };
      const found = next.envelope.type === fact.type ? difference(data, fact.data) : `it is ${next.envelope.type}`;
      if (found !== null) throw new Error(`${next.envelope.id} is not ${what}: ${found}`);
      this.compared += 1;
    }
    const stays = this.occurrences.filter(({ event }) => !fold.revoked.includes(event));
    this.occurrences = [...stays, ...fold.newOccurrences];
    this.state = fold.state;
  }
}

/** A change as it is published: without its number, which its id tells, and without the events that a handoff came by. */
function published({ number: _number, handoff, ...change }: StageChange): object {
  if (!handoff) return change;
  const forms = handoff.forms.map(({ event: _event, ...form }) => form);
  return { ...change, handoff: { ...handoff, forms, answers: told(handoff.answers) } };
}

function told(answers: Readonly<Record<string, AnswerFact>>): object {
  return Object.fromEntries(Object.entries(answers).map(([id, { event: _event, ...answer }]) => [id, answer]));
}

function decidedAt(group: readonly LogRecord[]): number {
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
