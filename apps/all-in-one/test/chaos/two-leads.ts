import type { Chance } from './chance.js';
import { reports } from './deals.js';
import type { Step } from './doors.js';
import { companies, domainOf, joinCompany, shuffled, visit, type Who } from './visits.js';

/**
 * What a person does who is two leads at first: known by a user id in one browser, by an e-mail from a form in another. Both
 * may be worked on by the time something names them both. Some become three leads, of which each may absorb the others.
 */
export function stepsOfTwoLeads(person: number, chance: Chance): readonly Step[] {
  const office = { anonymousId: `office-${person}`, userId: `member-${person}` };
  const company = chance.happens(0.5) ? chance.between(1, companies) : null;
  const others = chance.happens(0.2) ? ['phone', 'home'] : ['phone'];
  const browsers = others.map((browser) => ({ anonymousId: `${browser}-${person}` }));
  const emailOf = ({ anonymousId }: Who) => `${anonymousId}@${company === null ? 'gmail.com' : domainOf(company)}`;
  const known: Step[] = company === null ? [] : [joinCompany({ name: `person-${person}-group`, who: office, company })];
  const before = [
    [...known, ...interest({ name: `office-${person}`, who: office, chance })],
    ...browsers.map((who) => {
      const form = { messageId: `${who.anonymousId}-form`, email: emailOf(who), ...who, message: 'Call me' };
      return [({ fillIn }) => fillIn(form), ...interest({ name: who.anonymousId, who, chance })] satisfies Step[];
    }),
  ];
  const naming = browsers.map((who) =>
    nameBoth({ name: `${who.anonymousId}-named`, office, email: emailOf(who), chance }),
  );
  const after = [office, ...browsers].map((who) =>
    Array.from({ length: chance.between(1, 3) }, (_, number) =>
      visit({ name: `${who.anonymousId}-after-${number}`, chance, who }),
    ),
  );
  const wait: Step = { pauseMs: chance.between(500, chance.pick([3_000, 12_000])) };
  return [...shuffled(before, chance), wait, ...shuffled([naming, ...after], chance)];
}

interface Interested {
  readonly name: string;
  readonly who: Who;
  readonly chance: Chance;
}

/** Enough, in four of five cases, to become an MQL; one in four has a deal in the CRM. */
function interest({ name, who, chance }: Interested): readonly Step[] {
  const visits = Array.from({ length: chance.between(1, 3) }, (_, number) =>
    visit({ name: `${name}-${number}`, chance, who }),
  );
  const asks: Step[] = [1, 2].map((number) => ({ analytics }) => {
    analytics.track({ ...who, event: 'Demo Requested', messageId: `${name}-asks-${number}`, timestamp: new Date() });
  });
  const deal = chance.happens(0.25) ? reports({ name, who, chance }) : [];
  return shuffled([visits, chance.happens(0.8) ? asks : [], deal], chance);
}

interface Naming {
  readonly name: string;
  readonly office: Who & { readonly userId: string };
  readonly email: string;
  readonly chance: Chance;
}

/** They sign in and say their e-mail, or somebody with the secret key says that both are one. */
function nameBoth({ name, office, email, chance }: Naming): Step {
  if (chance.happens(0.7))
    return ({ analytics }) => analytics.identify({ ...office, messageId: name, traits: { email } });
  return ({ crm }) => crm.alias({ userId: office.userId, previousId: email, messageId: name });
}
