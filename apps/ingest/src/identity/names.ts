import { normalEmail } from '@baton/domain/evidence/email';
import type { EventContent, IncomingEvent } from './incoming-event.js';
import { emailKey, userKey } from './identity-rows.js';

/** Who an event says a person is. */
export interface Names {
  readonly userId?: string;
  readonly email?: string;
}

/** An e-mail counts where a person tells of themselves (identify, form), or where the user id itself is one. */
export function namesOf({ type, userId, traits }: EventContent): Names {
  const email = normalEmail(type === 'group' ? undefined : traits?.['email']) ?? normalEmail(userId);
  return { ...(userId !== undefined && { userId }), ...(email !== undefined && { email }) };
}

export interface MentionedRows {
  readonly visitors: ReadonlySet<string>;
  readonly identifiers: ReadonlySet<string>;
}

/** Every visitor and identifier that folding these events may ask for; they are locked before. */
export function mentionedRows(events: readonly IncomingEvent[]): MentionedRows {
  const visitors = new Set<string>();
  const identifiers = new Set<string>();
  for (const { content, trusted } of events) {
    const { userId, email } = namesOf(content);
    if (content.anonymousId !== undefined) visitors.add(content.anonymousId);
    if (userId !== undefined) identifiers.add(userKey(userId));
    if (email !== undefined) identifiers.add(emailKey(email));
    if (content.previousId === undefined || !trusted) continue;
    visitors.add(content.previousId);
    for (const key of keysOfId(content.previousId)) identifiers.add(key);
  }
  return { visitors, identifiers };
}

/** Every identifier that an event names, whether it is believed or not. */
export function identifiersIn(content: EventContent): string[] {
  const { userId, email } = namesOf(content);
  return [
    ...(userId === undefined ? [] : [userKey(userId)]),
    ...(email === undefined ? [] : [emailKey(email)]),
    ...(content.previousId === undefined ? [] : keysOfId(content.previousId)),
  ];
}

/** Under which identifiers an id that may be a user id or an e-mail can be known. */
export function keysOfId(id: string): string[] {
  const email = normalEmail(id);
  return email === undefined ? [userKey(id)] : [userKey(id), emailKey(email)];
}
