import { clockEscalated } from '@baton/contracts/sla-clocks';
import { topics } from '@baton/contracts/topics';
import { ownerName } from '@baton/domain/routing/owner';
import type { Effects } from '@baton/messaging/handler';
import type { Batch, LogRecord, Publication } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { Controller, Inject } from '@nestjs/common';
import { AssignmentDesk, type OpenDesk } from './assignment-desk.js';
import { type OwnedLead, assigned, needsOwner } from './owned-lead.js';
import { lockLeads, saveLeads } from './routing-store.js';

interface Escalation {
  readonly percent: number;
  readonly action: { readonly reassign?: true };
  readonly clock: { readonly id: string; readonly cycle: number; readonly owner: string | null };
}

/** Gives a lead whose promise was broken long enough to somebody else, when somebody else is eligible. */
@Controller()
export class ReassignLeads {
  constructor(@Inject(AssignmentDesk) private readonly desk: AssignmentDesk) {}

  @Consumes(topics.slaClocks)
  async reassign(batch: Batch, sql: Sql): Promise<Effects> {
    const records = (batch.records as readonly LogRecord<Escalation>[]).filter(
      ({ envelope: { type, data } }) => type === clockEscalated.type && data.action.reassign === true,
    );
    if (records.length === 0) return { publish: [] };
    const leads = await lockLeads(sql, [...new Set(records.map(({ key }) => key))]);
    const waiting = records.filter(({ key, envelope }) => stillWaits(leads.get(key), envelope.data));
    const desk = await this.desk.open(
      sql,
      waiting.flatMap(({ key }) => leads.get(key)?.asked ?? []),
    );
    const publish = waiting.flatMap((record) => passOn(record, leads, desk));
    await desk.save(sql);
    await saveLeads(sql, [...leads.values()]);
    return { publish };
  }
}

/** A lead that changed hands or stage since the clock spoke is left alone. */
function stillWaits(lead: OwnedLead | undefined, { clock }: Escalation): boolean {
  if (lead?.owner == null || lead.asked === null || !needsOwner(lead.stage)) return false;
  return lead.cycle === clock.cycle && ownerName(lead.owner) === clock.owner;
}

function passOn(
  { key, envelope }: LogRecord<Escalation>,
  leads: Map<string, OwnedLead>,
  desk: OpenDesk,
): readonly Publication[] {
  const lead = leads.get(key);
  if (lead?.asked == null || !stillWaits(lead, envelope.data)) return [];
  const choice = desk.choose(lead, lead.asked, true);
  // Without anybody else eligible the lead is better off with the owner it has than in a queue.
  if (choice.decision.by !== 'escalation') return [];
  desk.take(choice, lead.asked);
  const { percent, clock } = envelope.data;
  const decision = { ...choice.decision, note: `clock ${clock.id} stood at ${percent} % of its promise` };
  const { decidedAt } = desk;
  const passed = assigned(lead, { owner: choice.owner, decision, at: decidedAt, decidedAt });
  leads.set(key, passed.lead);
  return [passed.fact];
}
