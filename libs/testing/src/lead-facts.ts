import {
  type EngagementEvent,
  type LeadEngaged,
  leadAbsorbed,
  leadEngaged,
  type LeadIdentified,
  leadErased,
  leadIdentified,
  leadsMerged,
  playbookActivated,
} from '@baton/contracts/lead-events';
import type { PlaybookRef } from '@baton/contracts/lead-scores';
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

/** The two facts of one merge: that a lead goes on as another, under its id, and that the other goes on as both, under its own. */
export function merged(
  { absorbed, survivor }: { readonly absorbed: string; readonly survivor: string },
  at: string,
): { readonly absorbed: Publication; readonly merged: Publication } {
  const eventId = `web:merge-${absorbed}`;
  const origin = { eventId, at, receivedAt: at };
  const fact = { topic: topics.leadEvents, time: at };
  return {
    absorbed: {
      ...fact,
      key: absorbed,
      id: `${eventId}#absorbed`,
      type: leadAbsorbed.type,
      data: { ...origin, survivor },
    },
    merged: {
      ...fact,
      key: survivor,
      id: `${eventId}#merged`,
      type: leadsMerged.type,
      data: { ...origin, absorbed, traits: {}, account: { domain: 'acme.example', freeMail: false, traits: {} } },
    },
  };
}

/** From here on this definition governs the partition of the key. */
export function activated({ name, version, hash }: PlaybookRef, at: string): Publication {
  return {
    topic: topics.leadEvents,
    key: `playbook:${name}`,
    id: `playbook:${name}@${version}:${at}`,
    type: playbookActivated.type,
    time: at,
    data: { name, version, hash, at },
  };
}
