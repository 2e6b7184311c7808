import { type Fold, isFold } from '@baton/domain/lifecycle/fold';
import type { LeadFactOf } from '@baton/domain/lifecycle/lead-fact';
import type { LeadState } from '@baton/domain/lifecycle/lead-state';
import { mergeLeads } from '@baton/domain/lifecycle/merge-leads';
import { readOccurrences } from '@baton/persistence/lead-occurrences';
import type { Sql } from '@baton/persistence/sql';
import { folded, type LeadStates, type OpenLeadState } from './lead-states.js';
import { beginWork, type LeadWork, take } from './lead-work.js';
import type { Merge } from './merges.js';
import type { PublishedPlaybook } from './playbooks.js';

interface Joining {
  /** The leads of the batch; survivors of other partitions are added when something is taken for them. */
  readonly works: Map<string, LeadWork>;
  /** Leads of other partitions that this batch's are merged with, locked. */
  readonly partners: ReadonlyMap<string, OpenLeadState>;
  readonly states: LeadStates;
  readonly sql: Sql;
}

/**
 * Gives survivors what only this service knows of the leads they absorbed. The two facts of a merge lie in two partitions,
 * and whichever is folded second brings it about: `lead.absorbed` says that nothing more comes, `leads.merged` that it is
 * waited for.
 */
export class JoinLeads {
  constructor(private readonly joining: Joining) {}

  /** At the place of `leads.merged`, before the absorbed history, where the absorbed lead has been read to its end by now. */
  atOnce(work: LeadWork, fact: LeadFactOf<'merged'>, governing: PublishedPlaybook): void {
    const absorbed = this.known(fact.absorbed);
    if (absorbed === undefined || !isComplete(absorbed.state)) return;
    const result = mergeLeads(governing.playbook, work.lead.state, absorbed.state, {
      decidedAt: fact.receivedAt,
      history: null,
    });
    if (isFold(result)) this.taken(work, result, governing);
  }

  /** At the end of the batch, for whom a merge still waits, and on along the line when a survivor was absorbed itself. */
  async finish(merge: Merge, governingOf: (partition: number) => Promise<PublishedPlaybook>): Promise<void> {
    const { works, states, sql } = this.joining;
    for (let id: string | undefined = merge.survivor; id !== undefined;) {
      const lead: OpenLeadState | null = this.known(id) ?? (await states.openOne(sql, id));
      if (lead === null) return;
      const work: LeadWork = works.get(id) ?? beginWork(lead);
      for (const awaited of lead.state.absorbing ?? []) {
        const absorbed = this.known(awaited) ?? (await states.openOne(sql, awaited));
        if (absorbed === null || !isComplete(absorbed.state)) continue;
        const governing = await governingOf(lead.partition);
        this.taken(work, await this.join(work, absorbed.state, { governing, merge }), governing);
      }
      const { state } = work.lead;
      id = isComplete(state) ? state.survivor : undefined;
    }
  }

  private known(id: string): OpenLeadState | undefined {
    return this.joining.works.get(id)?.lead ?? this.joining.partners.get(id);
  }

  private async join(
    { lead }: LeadWork,
    absorbed: LeadState,
    { governing, merge }: { readonly governing: PublishedPlaybook; readonly merge: Merge },
  ): Promise<Fold> {
    const decidedAt = merge.receivedAt;
    const first = mergeLeads(governing.playbook, lead.state, absorbed, { decidedAt, history: null });
    if (isFold(first)) return first;
    const wanted = first.signals.map((signal) => ({ lead: lead.id, signal }));
    const stored = (await readOccurrences(this.joining.sql, wanted)).get(lead.id) ?? [];
    const fresh = lead.newOccurrences.filter(({ signal }) => first.signals.includes(signal));
    const history = [...stored, ...fresh].filter(({ event }) => !lead.revoked.includes(event));
    const second = mergeLeads(governing.playbook, lead.state, absorbed, { decidedAt, history });
    if (isFold(second)) return second;
    throw new Error(`The merge into lead ${lead.id} asked again for the history of ${second.signals.join(', ')}.`);
  }

  /** Of a survivor that was absorbed in its turn nothing more is said. */
  private taken(work: LeadWork, fold: Fold, governing: PublishedPlaybook): void {
    this.joining.works.set(work.lead.id, work);
    if (work.lead.state.gone === null) take(work, fold, governing);
    else work.lead = folded(work.lead, fold, 0);
  }
}

/** The lead is gone, and has itself been given everything of those that it absorbed. */
function isComplete({ gone, absorbing }: LeadState): boolean {
  return gone !== null && absorbing === undefined;
}
