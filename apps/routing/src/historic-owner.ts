import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { teamOfRep } from '@baton/domain/routing/directory';
import { type Owner, parseOwner, sameOwner } from '@baton/domain/routing/owner';
import type { OpenDesk } from './assignment-desk.js';
import { type OwnedLead, assigned } from './owned-lead.js';

/**
 * Imported history has the owner that its file names, at the latest time it names one, whatever order its rows come in;
 * without one it waits in the fallback queue. Nobody's turn, load or account is touched.
 */
export function asksForHistoricOwner(lead: OwnedLead, change: LeadStageChanged): boolean {
  const named = parseOwner(change.owner ?? '');
  if (lead.ownedCycle !== change.cycle) return true;
  if (named === null || sameOwner(named, lead.owner)) return false;
  return !lead.fromFile || lead.ownedAt === null || change.at >= lead.ownedAt;
}

export function assignHistoric(lead: OwnedLead, change: LeadStageChanged, desk: OpenDesk) {
  const named = parseOwner(change.owner ?? '');
  const fallback = parseOwner(lead.asked === null ? '' : desk.fallback(lead.asked)) ?? { rep: null, team: null };
  const decision = { by: named === null ? 'fallback' : 'import', tried: [], rosterVersion: desk.directory.version };
  const owner = named === null ? fallback : withTeam(named, desk);
  const { decidedAt } = desk;
  return assigned({ ...lead, fromFile: named !== null }, { owner, decision, at: change.at, decidedAt, historic: true });
}

function withTeam(owner: Owner, { directory }: OpenDesk): Owner {
  return owner.rep === null ? owner : { rep: owner.rep, team: teamOfRep(directory, owner.rep)?.id ?? null };
}
