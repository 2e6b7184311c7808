import type { Occurrence } from '@baton/domain/evidence/evidence';
import type { Fold } from '@baton/domain/lifecycle/fold';
import { dueAt, newLead, type LeadState } from '@baton/domain/lifecycle/lead-state';
import type { Sql } from '@baton/persistence/sql';
import { Injectable } from '@nestjs/common';
import {
  appendOccurrences,
  deleteOccurrences,
  type LeadRow,
  lockLeads,
  readLeads,
  writeLeads,
} from './qualification-store.js';
import { StateCache } from './state-cache.js';

/** A locked lead in the course of one transaction. */
export interface OpenLead {
  readonly id: string;
  readonly partition: number;
  /** Of the stored row; 0: there is none yet. */
  readonly revision: number;
  readonly sequence: number;
  readonly state: LeadState;
  readonly occurrences: readonly Occurrence[];
  readonly revoked: readonly string[];
}

const cachedLeads = 10_000;

/** Loads, locks and writes the states of many leads with as many statements as for one. */
@Injectable()
export class LeadStates {
  private readonly cache = new StateCache(cachedLeads);

  /** Locks the leads in id order and answers their states; those without a row begin as new ones. */
  async open(sql: Sql, partition: number, ids: readonly string[]): Promise<Map<string, OpenLead>> {
    const opened = new Map(ids.map((id) => [id, newOpenLead(id, partition)]));
    const unread: string[] = [];
    for (const { id, revision } of await lockLeads(sql, ids)) {
      const cached = this.cache.get(id, revision);
      if (cached) opened.set(id, { ...newOpenLead(id, partition), ...cached });
      else unread.push(id);
    }
    for (const row of await readLeads(sql, unread)) opened.set(row.id, openLead(row));
    return opened;
  }

  /** Locks one existing lead; null when there is none. */
  async openOne(sql: Sql, id: string): Promise<OpenLead | null> {
    await lockLeads(sql, [id]);
    const [row] = await readLeads(sql, [id]);
    return row ? openLead(row) : null;
  }

  folded(lead: OpenLead, fold: Fold, published: number): OpenLead {
    return {
      ...lead,
      state: fold.state,
      sequence: lead.sequence + published,
      occurrences: fold.newOccurrences.length > 0 ? [...lead.occurrences, ...fold.newOccurrences] : lead.occurrences,
      revoked: fold.revoked.length > 0 ? [...lead.revoked, ...fold.revoked] : lead.revoked,
    };
  }

  async write(sql: Sql, leads: readonly OpenLead[]): Promise<void> {
    await writeLeads(
      sql,
      leads.map((lead) => ({
        id: lead.id,
        partition: lead.partition,
        revision: lead.revision + 1,
        sequence: lead.sequence,
        state: JSON.stringify(lead.state),
        dueAt: dueAt(lead.state),
      })),
    );
    await appendOccurrences(sql, leads.flatMap(({ id, occurrences }) => occurrences.map((each) => ({ ...each, lead: id }))));
    await deleteOccurrences(sql, leads.flatMap(({ id, revoked }) => revoked.map((event) => ({ lead: id, event }))));
  }

  /** Keeps written states for the next batch; call it once their transaction has committed. */
  keep(leads: readonly OpenLead[]): void {
    for (const { id, revision, sequence, state } of leads) this.cache.set(id, { revision: revision + 1, sequence, state });
  }
}

export function openLead({ id, partition, revision, sequence, state }: LeadRow): OpenLead {
  return { id, partition, revision, sequence, state: JSON.parse(state) as LeadState, occurrences: [], revoked: [] };
}

function newOpenLead(id: string, partition: number): OpenLead {
  return { id, partition, revision: 0, sequence: 0, state: newLead(id), occurrences: [], revoked: [] };
}
