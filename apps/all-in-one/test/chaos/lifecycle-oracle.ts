import type { Evidence } from '@baton/domain/evidence/evidence';
import { readLeadFact } from '@baton/domain/lifecycle/lead-fact';
import type { LeadState } from '@baton/domain/lifecycle/lead-state';
import type { Playbook } from '@baton/domain/playbook/definition';
import type { LogRecord } from '@baton/messaging/record';
import { LeadReplay, type HandOver, type Progress } from './lead-replay.js';
import { absorbedFirst, type Merge } from './merges.js';

export interface LifecycleOracle {
  readonly states: ReadonlyMap<string, LeadState>;
  /** The evidence of each lead as far as the topics tell of it. */
  readonly evidence: ReadonlyMap<string, Evidence>;
  /** By survivor, in their order. */
  readonly handOvers: ReadonlyMap<string, readonly HandOver[]>;
  /** What was published otherwise than computed, at most one sentence per lead. */
  readonly faults: readonly string[];
  /** Facts of `lead.stages` that were computed and found as published. */
  readonly compared: number;
  /** Of those, how many a person or the clock caused. */
  readonly commands: number;
  readonly timers: number;
  /** Outcomes folded, those included that were told again under a survivor. */
  readonly outcomes: number;
}

interface Topics {
  readonly events: readonly LogRecord[];
  readonly stages: readonly LogRecord[];
  readonly merges: ReadonlyMap<string, Merge>;
}

/**
 * Folds the recorded `lead.events` one record after the other with the pure functions alone, puts what people, the clock and
 * merges did where `lead.stages` says it was decided, and compares every fact of `lead.stages` with what comes out. A lead
 * that was absorbed is folded like any other, before the one that goes on with what it had come to.
 */
export function replayLifecycle(playbook: Playbook, { events, stages, merges }: Topics): LifecycleOracle {
  const published = Map.groupBy(stages, ({ key }) => key);
  const byLead = Map.groupBy(events, ({ key }) => key);
  const replayed = new Map<string, Progress>();
  const faults: string[] = [];
  for (const lead of absorbedFirst([...byLead.keys()], merges)) {
    const facts = byLead.get(lead)!.flatMap(({ partition, position, envelope }) => {
      const fact = readLeadFact(envelope.type, envelope.data as object, { partition, position });
      return fact ? [fact] : [];
    });
    if (facts.length === 0) continue;
    const below = mergesInto(lead, merges);
    const own = below.filter(({ survivor }) => survivor === lead).map(({ absorbed }) => absorbed);
    try {
      const replay = new LeadReplay({
        playbook,
        lead,
        facts,
        published: published.get(lead) ?? [],
        absorbed: new Map(own.flatMap((id) => (replayed.has(id) ? [[id, replayed.get(id)!.state]] : []))),
        joinedAt: below.map(({ receivedAt }) => receivedAt),
      });
      replayed.set(lead, replay.run());
    } catch (error) {
      faults.push(`${lead}: ${(error as Error).message}`);
    }
  }
  for (const lead of published.keys()) if (!byLead.has(lead)) faults.push(`${lead}: stages of a lead without events`);
  return { ...summed([...replayed.values()]), faults };
}

function summed(replayed: readonly Progress[]): Omit<LifecycleOracle, 'faults'> {
  const sum = (of: (progress: Progress) => number): number => replayed.reduce((all, one) => all + of(one), 0);
  return {
    states: new Map(replayed.map(({ state }) => [state.id, state])),
    evidence: new Map(replayed.map(({ state, evidence }) => [state.id, evidence])),
    handOvers: new Map(replayed.map(({ state, handOvers }) => [state.id, handOvers])),
    compared: sum(({ compared }) => compared),
    commands: sum(({ commands }) => commands),
    timers: sum(({ timers }) => timers),
    outcomes: sum(({ outcomes }) => outcomes),
  };
}

/** The merges into a lead, and those into the leads that it absorbed. */
function mergesInto(lead: string, merges: ReadonlyMap<string, Merge>): readonly Merge[] {
  const own = [...merges.values()].filter(({ survivor }) => survivor === lead);
  return [...own, ...own.flatMap(({ absorbed }) => mergesInto(absorbed, merges))];
}
