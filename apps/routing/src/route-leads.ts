import { leadAbsorbed, leadErased } from '@baton/contracts/lead-events';
import {
  type LeadCorrected,
  type LeadStageChanged,
  leadCorrected,
  leadStageChanged,
} from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import { type Owner, sameOwner } from '@baton/domain/routing/owner';
import { forgetKeys } from '@baton/messaging/erasure-store';
import type { Effects } from '@baton/messaging/handler';
import type { Batch, LogRecord, Publication } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { Controller, Inject } from '@nestjs/common';
import { AssignmentDesk, type OpenDesk } from './assignment-desk.js';
import { assignHistoric, asksForHistoricOwner } from './historic-owner.js';
import {
  type Asked,
  type OwnedLead,
  absorbed,
  assigned,
  moved,
  needsOwner,
  newLead,
  unassigned,
  undone,
} from './owned-lead.js';
import { deleteLeads, lockLeads, saveLeads } from './routing-store.js';

/**
 * Answers every stage change that leaves a lead without an owner in its cycle with one `lead.assigned`. Erasure comes here with
 * the changes, as the last of a lead, so nothing has to be remembered of it.
 */
@Controller()
export class RouteLeads {
  constructor(@Inject(AssignmentDesk) private readonly desk: AssignmentDesk) {}

  @Consumes(topics.leadStages)
  async route(batch: Batch, sql: Sql): Promise<Effects> {
    const records = batch.records.filter(({ envelope: { type } }) => told.has(type));
    const before = await lockLeads(sql, [...new Set(records.flatMap(leadsOf))]);
    const desk = await this.desk.open(
      sql,
      records.flatMap((record) => mayAsk(record, before)),
    );
    const leads = new Map(before);
    const publish = records.flatMap((record) => routeOne(record, leads, desk));
    await desk.save(sql);
    await saveLeads(
      sql,
      [...leads.values()].filter((lead) => before.get(lead.id) !== lead),
    );
    const erased = records.filter(({ envelope }) => envelope.type === leadErased.type).map(({ key }) => key);
    await deleteLeads(sql, erased);
    await forgetKeys(sql, erased);
    return { publish };
  }
}

const told = new Set<string>([leadStageChanged.type, leadCorrected.type, leadAbsorbed.type, leadErased.type]);

/** Whose a record is, and the absorbed lead whose owner it may go on with. */
function leadsOf({ key, envelope: { type, data } }: LogRecord): readonly string[] {
  const joined = type === leadStageChanged.type ? joinedLead(data as LeadStageChanged) : null;
  return joined === null ? [key] : [key, joined];
}

/** The absorbed lead whose stage a change takes over; null where it comes from elsewhere. */
function joinedLead({ via, criteria }: LeadStageChanged): string | null {
  const lead = via === 'merged' ? criteria[0]?.values['lead'] : undefined;
  return typeof lead === 'string' ? lead : null;
}

/** What a change may ask for, seen before its batch: those that surely do not ask, and history, need no locks. */
function mayAsk({ key, envelope }: LogRecord, before: ReadonlyMap<string, OwnedLead>): readonly Asked[] {
  if (envelope.type !== leadStageChanged.type) return [];
  const change = envelope.data as LeadStageChanged;
  const { asked } = moved(before.get(key) ?? newLead(key), change, envelope.id);
  if (!needsOwner(change.to) || asked === null) return [];
  if (change.historic) return [{ ...asked, account: null, holds: [] }];
  return before.get(key)?.ownedCycle === change.cycle && joinedLead(change) === null ? [] : [asked];
}

function routeOne({ key, envelope }: LogRecord, leads: Map<string, OwnedLead>, desk: OpenDesk): readonly Publication[] {
  if (envelope.type === leadStageChanged.type) {
    const change = envelope.data as LeadStageChanged;
    return routeChange({ lead: key, id: envelope.id, change }, leads, desk);
  }
  const known = leads.get(key);
  if (known === undefined) return [];
  if (envelope.type === leadCorrected.type) {
    leads.set(key, undone(known, envelope.data as LeadCorrected));
    return [];
  }
  if (envelope.type === leadErased.type) {
    leads.delete(key);
    return unassigned(known, { at: envelope.time, why: 'erased' });
  }
  const { lead, facts } = absorbed(known, envelope.time);
  leads.set(key, lead);
  return facts;
}

function routeChange(
  { lead: key, id, change }: { readonly lead: string; readonly id: string; readonly change: LeadStageChanged },
  leads: Map<string, OwnedLead>,
  desk: OpenDesk,
): readonly Publication[] {
  const known = leads.get(key);
  if (known === undefined && !needsOwner(change.to)) return [];
  const lead = moved(known ?? newLead(key), change, id);
  leads.set(key, lead);
  const joined = leads.get(joinedLead(change) ?? '');
  const answered = giveOwner(lead, { change, inherited: joined?.owner ?? joined?.left ?? null }, desk);
  if (answered === null) return [];
  leads.set(key, answered.lead);
  return [answered.fact];
}

/** Who worked on an absorbed lead that had come further goes on with it; else a lead keeps whom it has in its cycle. */
function giveOwner(
  lead: OwnedLead,
  { change, inherited }: { readonly change: LeadStageChanged; readonly inherited: Owner | null },
  desk: OpenDesk,
): { lead: OwnedLead; fact: Publication } | null {
  if (!needsOwner(change.to) || lead.asked === null) return null;
  if (change.historic) return asksForHistoricOwner(lead, change) ? assignHistoric(lead, change, desk) : null;
  const isOwned = lead.ownedCycle === change.cycle;
  if (isOwned && (inherited === null || sameOwner(inherited, lead.owner))) return null;
  const choice = desk.choose({ ...lead, owner: inherited ?? lead.owner }, lead.asked);
  if (isOwned && choice.decision.by !== 'lead-owner') return null;
  desk.take(choice, lead.asked);
  const { decidedAt } = desk;
  const { owner, decision } = choice;
  return assigned({ ...lead, fromFile: false }, { owner, decision, at: decidedAt, decidedAt });
}
