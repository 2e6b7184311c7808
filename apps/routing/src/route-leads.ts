import { type LeadAbsorbed, leadAbsorbed, leadErased } from '@baton/contracts/lead-events';
import {
  type LeadCorrected,
  type LeadStageChanged,
  leadCorrected,
  leadStageChanged,
} from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import { forgetKeys } from '@baton/messaging/erasure-store';
import type { Effects } from '@baton/messaging/handler';
import type { Batch, LogRecord, Publication } from '@baton/messaging/record';
import { lockMerges } from '@baton/persistence/lock-merges';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { Controller, Inject } from '@nestjs/common';
import { AssignmentDesk, type OpenDesk } from './assignment-desk.js';
import { assignHistoric, asksForHistoricOwner } from './historic-owner.js';
import { giveOwner, giveOwnersBehind } from './inherit-owner.js';
import {
  type Asked,
  type OwnedLead,
  absorbed,
  joinedLeads,
  moved,
  needsOwner,
  newLead,
  unassigned,
  undone,
} from './owned-lead.js';
import { deleteLeads, lineOf, lockLeads, saveLeads } from './routing-store.js';

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
    const before = await lockAll(sql, records);
    const awaiting = [...before.values()].flatMap(({ awaits, asked }) => (awaits === undefined ? [] : (asked ?? [])));
    const desk = await this.desk.open(sql, [...records.flatMap((record) => mayAsk(record, before)), ...awaiting]);
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

/** Locks whose the records are, and with a merge everybody whose owner may depend on it. */
async function lockAll(sql: Sql, records: readonly LogRecord[]): Promise<Map<string, OwnedLead>> {
  const keys = records.map(({ key }) => key);
  const merged = records.flatMap(mergedLeads);
  if (merged.length === 0) return lockLeads(sql, [...new Set(keys)]);
  await lockMerges(sql);
  return lockLeads(sql, [...new Set([...keys, ...(await lineOf(sql, merged))])]);
}

/** The leads that a record makes one; none where it tells of no merge. */
function mergedLeads({ key, envelope: { type, data } }: LogRecord): readonly string[] {
  if (type === leadAbsorbed.type) return [key, (data as LeadAbsorbed).survivor];
  const joined = type === leadStageChanged.type ? joinedLeads(data as LeadStageChanged) : [];
  return joined.length === 0 ? [] : [key, ...joined];
}

/** What a change may ask for, seen before its batch: those that surely do not ask, and history, need no locks. */
function mayAsk({ key, envelope }: LogRecord, before: ReadonlyMap<string, OwnedLead>): readonly Asked[] {
  if (envelope.type !== leadStageChanged.type) return [];
  const change = envelope.data as LeadStageChanged;
  const { asked } = moved(before.get(key) ?? newLead(key), change, envelope.id);
  if (!needsOwner(change.to) || asked === null) return [];
  if (change.historic) return [{ ...asked, account: null, holds: [] }];
  return before.get(key)?.ownedCycle === change.cycle && joinedLeads(change).length === 0 ? [] : [asked];
}

function routeOne({ key, envelope }: LogRecord, leads: Map<string, OwnedLead>, desk: OpenDesk): readonly Publication[] {
  if (envelope.type === leadStageChanged.type) {
    const change = envelope.data as LeadStageChanged;
    return routeChange({ lead: key, id: envelope.id, change }, leads, desk);
  }
  if (envelope.type === leadAbsorbed.type) {
    const { survivor } = envelope.data as LeadAbsorbed;
    const { lead, facts } = absorbed(leads.get(key) ?? newLead(key), { at: envelope.time, survivor });
    leads.set(key, lead);
    return [...facts, ...giveOwnersBehind(key, leads, desk)];
  }
  const known = leads.get(key);
  if (known === undefined) return [];
  if (envelope.type === leadCorrected.type) {
    leads.set(key, undone(known, envelope.data as LeadCorrected));
    return [];
  }
  leads.delete(key);
  return unassigned(known, { at: envelope.time, why: 'erased' });
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
  if (!needsOwner(change.to)) return [];
  if (!change.historic) return giveOwner(key, leads, desk);
  if (!asksForHistoricOwner(lead, change)) return [];
  const answered = assignHistoric(lead, change, desk);
  leads.set(key, answered.lead);
  return [answered.fact];
}
