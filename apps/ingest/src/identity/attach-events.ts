import { attachAlias } from './attach-alias.js';
import { findPerson } from './find-person.js';
import type { IdentityDraft } from './identity-draft.js';
import { type IncomingEvent, byEventTime } from './incoming-event.js';
import { joinVisitor } from './join-visitor.js';
import { namesOf } from './names.js';
import { tellEvent } from './tell-event.js';

/**
 * Folds events, one by one, into identity: each goes to its lead and gives its facts there, or waits with its visitor until
 * that visitor says who they are. Then the whole history of the visitor is told under the lead, in event-time order.
 */
export function attachEvents(draft: IdentityDraft, events: readonly IncomingEvent[]): void {
  for (const event of events) {
    if (event.content.type === 'alias') attachAlias(draft, event);
    else attachEvent(draft, event);
  }
}

function attachEvent(draft: IdentityDraft, event: IncomingEvent): void {
  const { content } = event;
  const visitor = content.anonymousId;
  const names = namesOf(content);
  const person = findPerson(draft, event, names);
  if (!person) {
    draft.history.push({ event, lead: null, visitor: visitor ?? null });
    return;
  }
  const lead = person.lead.id;
  const earlier = joinVisitor(draft, visitor, lead);
  draft.history.push({ event, lead, visitor: visitor ?? null });
  const tellsOfThemselves = content.traits !== undefined && content.type !== 'group' && !content.automated;
  const identifies = person.told || earlier !== null || tellsOfThemselves;
  for (const told of [...(earlier ?? []), event].sort(byEventTime)) {
    tellEvent(draft, lead, told, identifies && told === event);
  }
}
