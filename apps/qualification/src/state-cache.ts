import type { LeadState } from '@baton/domain/lifecycle/lead-state';

/** A lead's folded state with the revision of the row it was read from or written to. */
export interface CachedLead {
  readonly revision: number;
  readonly sequence: number;
  readonly state: LeadState;
}

/**
 * The newest states in memory, so that a busy lead is neither read nor parsed again for each batch. A cached state is
 * used only while its revision is the locked row's; whoever else wrote the lead has raised it.
 */
export class StateCache {
  private readonly leads = new Map<string, CachedLead>();

  constructor(private readonly limit: number) {}

  get(id: string, revision: number): CachedLead | null {
    const cached = this.leads.get(id);
    return cached?.revision === revision ? cached : null;
  }

  set(id: string, lead: CachedLead): void {
    this.leads.delete(id);
    this.leads.set(id, lead);
    for (const oldest of this.leads.keys()) {
      if (this.leads.size <= this.limit) return;
      this.leads.delete(oldest);
    }
  }
}
