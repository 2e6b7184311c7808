import type { Sql } from '@baton/persistence/sql';
import type { IdentityRows } from '../identity/identity-rows.js';
import type { IncomingEvent } from '../identity/incoming-event.js';
import { identifiersIn, mentionedRows } from '../identity/names.js';
import { type HashName, visitorName } from './erased-names.js';
import { erasedAmong, forgetNobodysNames, isAnybodyErased } from './erasure-store.js';

/**
 * Leaves out what is sent of people who were erased. Call it with their names locked: an erasure that is under way is then over.
 * An event is theirs that names one of them; one that names nobody, when it comes from a browser of theirs that nobody else has
 * named themselves in since.
 */
export async function skipErased(
  sql: Sql,
  events: readonly IncomingEvent[],
  rows: Pick<IdentityRows, 'visitors' | 'identifiers'>,
  hashOf: HashName,
): Promise<readonly IncomingEvent[]> {
  if (events.length === 0 || !(await isAnybodyErased(sql))) return events;
  const erased = await erasedAmong(sql, strangers(events, rows), hashOf);
  if (erased.size === 0) return events;
  const others = new Set<string>();
  const [kept, dropped] = [[] as IncomingEvent[], [] as IncomingEvent[]];
  for (const event of events) {
    const names = identifiersIn(event.content);
    const { anonymousId: visitor = '' } = event.content;
    const isErased =
      names.length > 0
        ? names.some((name) => erased.has(name))
        : erased.has(visitorName(visitor)) && !others.has(visitor);
    (isErased ? dropped : kept).push(event);
    if (!isErased && names.length > 0) others.add(visitor);
  }
  await forgetNobodysNames(sql, mentionedRows(dropped), mentionedRows(kept));
  return kept;
}

/** The names in these events that are nobody's: those of a lead are not erased. */
function strangers(
  events: readonly IncomingEvent[],
  { visitors, identifiers }: Pick<IdentityRows, 'visitors' | 'identifiers'>,
): Set<string> {
  const names = new Set<string>();
  for (const { content } of events) {
    for (const name of identifiersIn(content)) if (identifiers.get(name) == null) names.add(name);
    const { anonymousId: visitor } = content;
    if (visitor !== undefined && visitors.get(visitor) == null) names.add(visitorName(visitor));
  }
  return names;
}
