import type { Choice } from '@baton/domain/routing/choose-owner';
import { type Owner, sameOwner } from '@baton/domain/routing/owner';
import type { Publication } from '@baton/messaging/record';
import type { OpenDesk } from './assignment-desk.js';
import { type OwnedLead, assigned, awaitsNobody } from './owned-lead.js';

/** The leads of a batch as they are by now. */
type Leads = Map<string, OwnedLead>;

/**
 * Gives a lead that asked for an owner the one it is to have, unless it has them. One that takes over the stage of others
 * waits for their end: only then it is known who had them at last, so it does not matter which partition is read first. An
 * absorbed lead is given nobody any more, but whom it would have had is kept for its survivor.
 */
export function giveOwner(id: string, leads: Leads, desk: OpenDesk): readonly Publication[] {
  const lead = leads.get(id);
  if (lead === undefined) return [];
  const awaited = (lead.awaits ?? []).map((one) => leads.get(one));
  if (!awaited.every(isAtItsEnd)) return [];
  const choice = choose(
    lead,
    awaited.flatMap((one) => one?.left ?? []),
    desk,
  );
  if (choice === null) {
    if (lead.awaits !== undefined) leads.set(id, awaitsNobody(lead));
    return [];
  }
  const { owner, decision } = choice;
  if (lead.left !== undefined) {
    leads.set(id, { ...awaitsNobody(lead), left: owner });
    return [];
  }
  desk.take(choice, lead.asked!);
  const { decidedAt } = desk;
  const given = assigned({ ...lead, fromFile: false }, { owner, decision, at: decidedAt, decidedAt });
  leads.set(id, given.lead);
  return [given.fact];
}

/** Gives their owners to all who awaited an absorbed lead's: they are among those that go on in its place, one after another. */
export function giveOwnersBehind(absorbed: string, leads: Leads, desk: OpenDesk): readonly Publication[] {
  const publish: Publication[] = [];
  for (let id = leads.get(absorbed)?.survivor; id !== undefined; id = leads.get(id)?.survivor) {
    if (leads.get(id)?.awaits !== undefined) publish.push(...giveOwner(id, leads, desk));
  }
  return publish;
}

/** The lead was absorbed, and is itself awaiting nobody's owner. */
function isAtItsEnd(lead: OwnedLead | undefined): boolean {
  return lead?.left !== undefined && lead.awaits === undefined;
}

/** Who had an absorbed lead that had come further, if they are at work; else a lead keeps whom it has in its cycle: null. */
function choose(lead: OwnedLead, inherited: readonly Owner[], desk: OpenDesk): Choice | null {
  const { asked } = lead;
  if (asked === null) return null;
  const own = lead.owner ?? lead.left ?? null;
  const chosenFor = (owner: Owner | null) => desk.choose({ ...lead, owner }, asked);
  const heir = inherited.find((owner) => chosenFor(owner).decision.by === 'lead-owner');
  if (lead.ownedCycle === lead.cycle && (heir === undefined || sameOwner(heir, own))) return null;
  return chosenFor(heir ?? own);
}
