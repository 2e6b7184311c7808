import type { Playbook } from '../playbook/definition.js';
import type { LeadFact } from '../lifecycle/lead-fact.js';
import { type NeedsHistory, type Occurrence } from './evidence.js';

/** A fact with the definition that governs its place in the stream. */
export interface QueuedFact {
  readonly fact: LeadFact;
  readonly playbook: Playbook;
}

/** What folding one queued fact gave, as far as the queue cares. */
export interface QueueStep {
  readonly newOccurrences: readonly Occurrence[];
  readonly revoked: readonly string[];
}

/**
 * One lead's facts of a batch, folded in order. Only a late fact needs the lead's stored occurrences: the queue then stops
 * and says of which signals, so that one query serves every stuck lead of the batch.
 */
export class FactQueue {
  private readonly facts: QueuedFact[] = [];
  private next = 0;
  private readonly stored = new Map<string, readonly Occurrence[]>();
  private readonly fresh: Occurrence[] = [];
  private readonly revoked = new Set<string>();

  push(queued: QueuedFact): void {
    this.facts.push(queued);
  }

  /** Hands over every stored occurrence of these signals. */
  give(signals: readonly string[], stored: readonly Occurrence[]): void {
    for (const signal of signals)
      this.stored.set(
        signal,
        stored.filter((occurrence) => occurrence.signal === signal),
      );
  }

  /** Folds until the end (null) or until occurrences are missing that `give` must bring. */
  fold(
    step: (queued: QueuedFact, history: readonly Occurrence[] | null) => QueueStep | NeedsHistory,
  ): readonly string[] | null {
    for (let queued = this.facts[this.next]; queued; queued = this.facts[this.next]) {
      let result = step(queued, null);
      if ('needs' in result) {
        const { signals } = result;
        if (signals.some((signal) => !this.stored.has(signal))) return signals;
        result = step(queued, this.historyOf(signals));
        if ('needs' in result) throw new Error(`A fold asked again for the history of ${signals.join(', ')}.`);
      }
      this.fresh.push(...result.newOccurrences);
      for (const event of result.revoked) this.revoked.add(event);
      this.next += 1;
    }
    return null;
  }

  private historyOf(signals: readonly string[]): readonly Occurrence[] {
    const stored = signals.flatMap((signal) => this.stored.get(signal) ?? []);
    const fresh = this.fresh.filter((occurrence) => signals.includes(occurrence.signal));
    return [...stored, ...fresh].filter((occurrence) => !this.revoked.has(occurrence.event));
  }
}
