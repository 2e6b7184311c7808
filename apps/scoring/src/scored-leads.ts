import { type Evidence, noEvidence } from '@baton/domain/evidence/evidence';
import { FoldedLeads, type OpenLead } from '@baton/persistence/folded-leads';
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
  /** Absorbed or erased: whatever follows is dropped. */
  readonly gone: boolean;
}

export type OpenScoredLead = OpenLead<ScoredLead>;

const cachedLeads = 5_000;

/** The leads of this service: their evidence, locked, cached and written together. */
@Injectable()
export class ScoredLeads extends FoldedLeads<ScoredLead> {
  constructor() {
    super({
      create: () => ({ evidence: noEvidence, published: null, historic: true, gone: false }),
      cached: cachedLeads,
    });
  }
}
