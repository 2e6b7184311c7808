import type { Evidence, Occurrence } from '@baton/domain/evidence/evidence';
import { advanceLead } from '@baton/domain/lifecycle/advance-lead';
import { type Fold, isFold, isRejection } from '@baton/domain/lifecycle/fold';
import { foldLead } from '@baton/domain/lifecycle/fold-lead';
import type { LeadFact } from '@baton/domain/lifecycle/lead-fact';
import { type LeadState, newLead } from '@baton/domain/lifecycle/lead-state';
import { mergeLeads } from '@baton/domain/lifecycle/merge-leads';
import type { Playbook } from '@baton/domain/playbook/definition';
import type { LogRecord } from '@baton/messaging/record';
import {
  commandAgain,
  type Computed,
  decidedAt,
  decisionAtOnce,
  endOf,
  factsOf,
  isDecidedAt,
} from './published-facts.js';
import { difference } from './same.js';

export interface ReplayedLead {
  readonly playbook: Playbook;
  readonly lead: string;
  readonly facts: readonly LeadFact[];
  readonly published: readonly LogRecord[];
  /** The leads that this one absorbed, as they were in the end. */
  readonly absorbed: ReadonlyMap<string, LeadState>;
  /** Receipts of the merges into this lead and into those it absorbed, epoch ms: one of them is when it is given things. */
  readonly joinedAt: readonly number[];
}

/** What a survivor was given, by the lead that it absorbed. */
export interface HandOver {
  readonly absorbed: string;
  readonly fold: Fold;
}

/** How far a replay has come. It is never changed, so that another way can be tried from here. */
export interface Progress {
  readonly state: LeadState;
  /** The evidence as the topics tell it: what a lead is given that is gone itself, is told nobody. */
  readonly evidence: Evidence;
  readonly occurrences: readonly Occurrence[];
  /** Published facts that were computed and found as published. */
  readonly compared: number;
  readonly commands: number;
  readonly timers: number;
  readonly outcomes: number;
  readonly handOvers: readonly HandOver[];
}

/**
 * Explains everything that was published of one lead: folds its facts, and behind each of them what people, the clock and
 * merges did there. Where something was handed over that changed nothing, no fact says; then the first place is right from
 * which on all the rest is explained.
 */
export class LeadReplay {
  private furthest: { readonly compared: number; readonly error: Error } | null = null;

  constructor(private readonly replayed: ReplayedLead) {}

  /** Throws what could not be explained, where most of the rest was. */
  run(): Progress {
    const state = newLead(this.replayed.lead);
    const counts = { compared: 0, commands: 0, timers: 0, outcomes: 0 };
    const begun = { state, evidence: state.evidence, occurrences: [], ...counts, handOvers: [] };
    const end = this.explain(begun, 0);
    if (end === null) throw this.furthest!.error;
    return end;
  }

  private explain(here: Progress, next: number): Progress | null {
    for (const given of this.handOvers(here)) {
      const end = this.explain(given, next);
      if (end !== null) return end;
    }
    let on: Progress | null;
    try {
      on = next === 0 ? null : this.decision(here);
      if (on === null && next === this.replayed.facts.length) return this.ended(here);
      on ??= this.folded(here, this.replayed.facts[next++]!);
    } catch (error) {
      this.note(here, error as Error);
      return null;
    }
    return this.explain(on, next);
  }

  private note({ compared }: Progress, error: Error): void {
    if (this.furthest === null || compared > this.furthest.compared) this.furthest = { compared, error };
  }

  private folded(here: Progress, fact: LeadFact): Progress {
    const { state, occurrences } = here;
    const fold = foldLead(this.replayed.playbook, state, fact, occurrences);
    if (!isFold(fold)) throw new Error('the fold asked for history although it had all of it');
    const isEnd = state.gone === null && fold.state.gone !== null;
    const taken = this.taken(here, fold, [...factsOf(fold), ...(isEnd ? endOf(fact) : [])], 'an event');
    return fact.kind === 'outcome-recorded' ? { ...taken, outcomes: here.outcomes + 1 } : taken;
  }

  /** What a person or the clock did next at this place; null when nobody did anything. */
  private decision(here: Progress): Progress | null {
    const rest = this.replayed.published.slice(here.compared);
    const [next] = rest;
    if (next === undefined || !isDecidedAt(next, here.state)) return null;
    if (here.state.gone !== null) throw new Error(`${next.envelope.id} was published behind the end of the lead`);
    const group = decisionAtOnce(rest, here.state);
    const command = commandAgain(this.replayed.playbook, here.state, group);
    const fold = command ?? advanceLead(this.replayed.playbook, here.state, decidedAt(group));
    if (isRejection(fold)) throw new Error(`a command was published that is refused: ${fold.detail}`);
    const taken = this.taken(here, fold, factsOf(fold), command ? 'a command' : 'the clock');
    if (taken.compared === here.compared) throw new Error(`nothing explains ${next.envelope.id}`);
    return command ? { ...taken, commands: here.commands + 1 } : { ...taken, timers: here.timers + 1 };
  }

  /** The ways in which this place may be the one where the lead was given something. */
  private *handOvers(here: Progress): Generator<Progress> {
    const { playbook, absorbed, joinedAt } = this.replayed;
    const { state, occurrences } = here;
    for (const awaited of state.absorbing ?? []) {
      const other = absorbed.get(awaited);
      for (const at of other === undefined ? [] : joinedAt) {
        const fold = mergeLeads(playbook, state, other!, { decidedAt: at, history: occurrences });
        if (!isFold(fold)) continue;
        const facts = state.gone === null ? factsOf(fold) : [];
        const handOvers = [...here.handOvers, { absorbed: awaited, fold }];
        try {
          yield { ...this.taken(here, fold, facts, `what ${awaited} handed over`), handOvers };
        } catch (error) {
          this.note(here, error as Error);
        }
        if (facts.length === 0) break;
      }
    }
  }

  /** Takes a fold whose facts are those published next. */
  private taken(here: Progress, fold: Fold, facts: readonly Computed[], cause: string): Progress {
    for (const [index, fact] of facts.entries()) {
      const next = this.replayed.published[here.compared + index];
      const what = `${fact.type} ${JSON.stringify(fact.data).slice(0, 200)} from ${cause}`;
      if (!next) throw new Error(`${what} was not published`);
      const { playbook: _playbook, ...data } = next.envelope.data as { playbook?: unknown };
      const found = next.envelope.type === fact.type ? difference(data, fact.data) : `it is ${next.envelope.type}`;
      if (found !== null) throw new Error(`${next.envelope.id} is not ${what}: ${found}`);
    }
    const stays = here.occurrences.filter(({ event }) => !fold.revoked.includes(event));
    return {
      ...here,
      state: fold.state,
      evidence: here.state.gone === null ? fold.state.evidence : here.evidence,
      occurrences: [...stays, ...fold.newOccurrences],
      compared: here.compared + facts.length,
    };
  }

  private ended(here: Progress): Progress {
    const { published } = this.replayed;
    const rest = published.length - here.compared;
    if (rest > 0)
      throw new Error(
        `${rest} more facts were published than anything explains, from ${published[here.compared]?.envelope.id}`,
      );
    const { absorbing } = here.state;
    if (absorbing !== undefined) throw new Error(`nothing was ever handed over by ${absorbing.join(', ')}`);
    return here;
  }
}
