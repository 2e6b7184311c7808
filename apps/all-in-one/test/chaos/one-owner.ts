import { type LeadAssigned, leadAssigned, leadUnassigned } from '@baton/contracts/lead-assignments';
import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { type Owner, sameOwner } from '@baton/domain/routing/owner';
import type { LogRecord } from '@baton/messaging/record';
import type { Merge } from './merges.js';

interface Told {
  readonly merges: ReadonlyMap<string, Merge>;
  /** By id. */
  readonly changes: ReadonlyMap<string, LeadStageChanged>;
}

/** Whether each lead has one owner at a time, is routed once in a cycle, and is nobody's, for good, once it was absorbed. */
export function* ownershipFaults(assignments: readonly LogRecord[], { merges, changes }: Told): Generator<string> {
  const byLead = Map.groupBy(assignments, ({ key }) => key);
  for (const [lead, own] of byLead) {
    let owner: Owner | null = null;
    for (const [index, { envelope }] of own.entries()) {
      const data = envelope.data as LeadAssigned;
      const follows = owner === null ? data.previous === null : sameOwner(owner, data.previous);
      if (!follows) yield `${lead}: assignment ${index + 1} replaces an owner that it did not have`;
      owner = envelope.type === leadAssigned.type ? data.owner : null;
      if (envelope.type !== leadUnassigned.type) continue;
      const isLast = index === own.length - 1;
      if (!isLast || !merges.has(lead) || (data as { why?: string }).why !== 'absorbed')
        yield `${lead}: nobody's although it was not absorbed, or somebody's again behind that`;
    }
    if (owner !== null && merges.has(lead)) yield `${lead}: was absorbed and still is somebody's`;
    const byRouting = own
      .filter(({ envelope }) => envelope.type === leadAssigned.type)
      .map(({ envelope }) => envelope.data as LeadAssigned)
      .filter(({ decision, change }) => isRouted(decision.by, changes.get(change ?? '')));
    const cycles = byRouting.map(({ cycle }) => cycle);
    if (new Set(cycles).size !== cycles.length) yield `${lead}: routed twice in one cycle`;
  }
}

/** Who came with an absorbed lead was chosen for that one. */
function isRouted(by: string, change: LeadStageChanged | undefined): boolean {
  const cameWithIt = by === 'lead-owner' && change?.via === 'merged';
  return !cameWithIt && by !== 'person' && by !== 'escalation';
}
