import {
  type EngagementEvent,
  type LeadEngaged,
  leadEngaged,
  type LeadIdentified,
  leadErased,
  leadIdentified,
} from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import type { Publication } from '@baton/messaging/record';

/** One fact of `lead.events` as ingest would publish it; every default is here, so a test shows only what matters to it. */
export function identified(lead: string, over: Partial<LeadIdentified> & { readonly at: string }): Publication {
  const eventId = over.eventId ?? `web:${lead}-identify`;
  const email = over.email ?? `${lead}@acme.example`;
  const data: LeadIdentified = {
    eventId,
    receivedAt: over.at,
    email,
    anonymousIds: [],
    traits: { email },
    account: { domain: 'acme.example', freeMail: false, traits: {} },
    ...over,
  };
  return {
    topic: topics.leadEvents,
    key: lead,
    id: `${eventId}#identified`,
    type: leadIdentified.type,
    time: data.at,
    data,
  };
}

export function engaged(
  lead: string,
  event: Partial<EngagementEvent>,
  over: Partial<LeadEngaged> & { readonly at: string },
): Publication {
  const eventId = over.eventId ?? `web:${lead}-${event.name ?? event.page?.path ?? event.type}-${over.at}`;
  const data: LeadEngaged = {
    eventId,
    receivedAt: over.at,
    ...over,
    event: { type: event.name === undefined ? 'page' : 'track', source: 'web', ...event },
  };
  return { topic: topics.leadEvents, key: lead, id: eventId, type: leadEngaged.type, time: data.at, data };
}

/** The last fact of a lead whose person was erased. */
export function erased(lead: string, at: string): Publication {
  const data = { at, receivedAt: at };
  return { topic: topics.leadEvents, key: lead, id: `baton:erased:${lead}`, type: leadErased.type, time: at, data };
}
