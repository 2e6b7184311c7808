import { ingestRoutes } from '@baton/contracts/http/ingest';
import type { Activity } from '@baton/contracts/lead-events';
import type { UnitOfWork } from '@baton/messaging/handler';
import type { Sql } from '@baton/persistence/sql';
import type { Principal } from '@baton/service-kit/principal';
import { problem } from '@baton/service-kit/problem';
import { type Call, Serves, answer } from '@baton/service-kit/serves';
import { type Clock, CLOCK, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { cleanText } from '../decode/clean-json.js';
import { activityEventName, eventFacts } from '../identity/event-facts.js';
import { IdentityDraft } from '../identity/identity-draft.js';
import { claimEventIds, lockLeads } from '../identity/identity-store.js';
import { writeIdentity } from '../identity/identity-write-store.js';
import type { EventContent, IncomingEvent } from '../identity/incoming-event.js';
import { leadPublications } from '../identity/lead-publications.js';
import { ensureMonths, monthOf } from '../identity/months-store.js';

/** Sales activities by hand: one command is one event of the lead, in its history and on `lead.events` like any other. */
@Controller()
export class ActivitiesController {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unit: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Serves(ingestRoutes.activities)
  async record({ params, body, principal }: Call<typeof ingestRoutes.activities>) {
    const receivedAt = this.clock();
    const activity = activityOf(body, principal);
    const event: IncomingEvent = {
      eventId: `activities:${body.id ?? randomUUID()}`,
      trusted: true,
      at: Math.min(body.at === undefined ? receivedAt : Date.parse(body.at), receivedAt),
      receivedAt,
      content: { ...signalOf(activity), activity, by: recorderOf(activity, principal) },
    };
    const { result, positions } = await this.unit.run((sql) => attach(sql, params.id, event));
    const recorded = {
      id: event.eventId,
      lead: result,
      at: new Date(event.at).toISOString(),
      touch: isTouch(activity),
    };
    return answer(recorded, { after: positions });
  }
}

async function attach(sql: Sql, leadId: string, event: IncomingEvent) {
  await ensureMonths(sql, [monthOf(event.receivedAt)]);
  const leads = await lockLeads(sql, [leadId]);
  if (!leads.has(leadId))
    throw problem(404, 'No such lead', `No lead has the id ${leadId}; GET /api/leads lists those there are`);
  const none = {
    visitors: new Map(),
    identifiers: new Map(),
    groups: new Map(),
    accounts: new Map(),
    pending: new Map(),
    histories: new Map(),
  };
  const draft = new IdentityDraft({ declared: {}, leads, ...none });
  const { id } = draft.lead(leadId);
  const fresh = await claimEventIds(sql, [event.eventId]);
  if (fresh.size === 0) return { result: id, publish: [] };
  draft.history.push({ event, lead: id, visitor: null });
  draft.publish(id, eventFacts(event));
  await writeIdentity(sql, draft);
  return { result: id, publish: leadPublications(draft.facts) };
}

function activityOf(
  { id: _id, at: _at, ...told }: Call<typeof ingestRoutes.activities>['body'],
  principal: Principal,
): Activity {
  const rep = told.rep ?? principal.rep;
  return {
    ...told,
    direction: told.direction ?? (told.outcome === 'replied' ? 'inbound' : 'outbound'),
    ...(rep !== undefined && { rep: cleanText(rep) }),
    ...(told.note !== undefined && { note: cleanText(told.note).slice(0, 4000) }),
  };
}

/** A reply or a meeting is also what a signal of the playbook may ask for. */
function signalOf(activity: Activity): EventContent {
  const name = activityEventName(activity);
  const { note: _note, ...properties } = activity;
  return name === undefined ? { type: 'activity' } : { type: 'track', name, properties };
}

function recorderOf({ rep }: Activity, principal: Principal): string {
  if (principal.rep !== undefined) return `rep:${principal.rep}`;
  return principal.role === 'crm' || rep === undefined ? 'crm' : `rep:${rep}`;
}

/** Outbound contact by a person, or an inbound call answered. */
function isTouch({ kind, direction, outcome, rep, automated }: Activity): boolean {
  if (direction === 'inbound') return kind === 'call' && outcome === 'connected';
  return rep !== undefined && automated !== true && ['connected', 'sent', 'held'].includes(outcome);
}
