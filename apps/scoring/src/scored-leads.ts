import { type Evidence, noEvidence } from '@baton/domain/evidence/evidence';
import { FoldedLeads, joinedState, type OpenLead } from '@baton/persistence/folded-leads';
import type { StoredRow } from '@baton/service-kit/define-service';
import { Injectable } from '@nestjs/common';

/** What was last published of a lead, so that nothing is said twice. */
export interface PublishedScore {
  readonly fit: number;
  readonly engagement: number;
  readonly total: number;
  readonly grade: 'A' | 'B' | 'C' | 'D' | 'unknown';
  readonly asOf: string;
  readonly persona: string;
  readonly cycle: number;
}

export interface ScoredLead {
  readonly evidence: Evidence;
  readonly published: PublishedScore | null;
  /** Every fact so far came by import. */
  readonly historic: boolean;
  /** Whatever follows is dropped. */
  readonly gone: 'absorbed' | 'erased' | null;
}

export type OpenScoredLead = OpenLead<ScoredLead>;

const cachedLeads = 5_000;

const nothing: ScoredLead = { evidence: noEvidence, published: null, historic: true, gone: null };

/** The leads of this service: their evidence, locked, cached and written together. */
@Injectable()
export class ScoredLeads extends FoldedLeads<ScoredLead> {
  constructor() {
    super({
      create: () => nothing,
      cached: cachedLeads,
    });
  }
}

/** The lead with nothing left of it but that it was erased. */
export function erased(lead: OpenScoredLead): OpenScoredLead {
  return { ...lead, state: { ...nothing, gone: 'erased' }, newOccurrences: [], revoked: [], erased: true };
}

/**
 * What of a stored row the facts decide: which scores were published, how often, and when a state was written whole, follows
 * from where batches were cut.
 */
export function decidedByFacts(table: string, row: StoredRow): StoredRow {
  if (table === 'leads' || table === 'lead_bases') return { id: row['id'] };
  if (table !== 'lead_states') return row;
  const whole = joinedState<ScoredLead>(row['base'] as string, row['changes'] as string | null);
  const { published: _published, ...state } = whole;
  return { id: row['id'], partition: row['partition'], state };
}
