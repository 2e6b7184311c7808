import type { Chance } from './chance.js';
import { reports } from './deals.js';
import type { Step } from './doors.js';
import { companies, domainOf, joinCompany, shuffled, visit } from './visits.js';

/** What one visitor does, in order; somewhere in it they say who they are. A CRM tells of deals with one in four. */
export function stepsOf(visitor: number, chance: Chance): readonly Step[] {
  const who = { anonymousId: `browser-${visitor}`, userId: `user-${visitor}` };
  const company = chance.happens(0.5) ? chance.between(1, companies) : null;
  const email = `person-${visitor}@${company === null ? 'gmail.com' : domainOf(company)}`;
  const steps: Step[] = Array.from({ length: chance.between(3, 10) }, (_, number) =>
    visit({ name: `visitor-${visitor}-${number}`, chance, who }),
  );
  const name = `visitor-${visitor}-identify`;
  const identify: Step = ({ analytics }) => analytics.identify({ ...who, messageId: name, traits: { email } });
  const form = { messageId: `visitor-${visitor}-form`, email, anonymousId: who.anonymousId, message: 'Leads wait' };
  const told: Step[] = [identify];
  if (company !== null) told.push(joinCompany({ name: `visitor-${visitor}-group`, who, company }));
  if (chance.happens(0.4)) told.push(({ fillIn }) => fillIn(form));
  const place = chance.between(0, steps.length);
  const all = [...steps.slice(0, place), ...told, ...steps.slice(place)];
  if (!chance.happens(0.25)) return all;
  return shuffled([all, reports({ name: `visitor-${visitor}`, who, chance })], chance);
}
