import type { DeclaredTraits } from '@baton/domain/evidence/built-in-traits';
import { type Profile, readAccountProfile, readPersonProfile } from '../profile/read-profile.js';
import type { HistoricEvent } from './event-facts.js';
import type { LeadRow } from './identity-rows.js';

/** What an event told of the person or the account, coerced to the declared types; null where it told nothing, or a machine did. */
export function toldProfile(
  { content }: HistoricEvent,
  declared: DeclaredTraits,
  { undeclared }: Pick<LeadRow, 'undeclared'>,
): Profile | null {
  if (!content.traits || content.automated) return null;
  return content.type === 'group'
    ? readAccountProfile(content.traits, declared)
    : readPersonProfile(content.traits, declared, undeclared);
}
