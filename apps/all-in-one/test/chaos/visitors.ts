import type { Analytics } from '@segment/analytics-node';
import type { Chance } from './chance.js';

const companies = 60;
const hourMs = 3_600_000;

/** A form that a visitor fills in. */
export interface FilledForm {
  readonly messageId: string;
  readonly email: string;
  readonly anonymousId: string;
  readonly message: string;
}

export interface Doors {
  readonly analytics: Analytics;
  fillIn(form: FilledForm): void;
}

type Step = (doors: Doors) => void;

/** What one visitor does, in order; somewhere in it they say who they are. */
export function stepsOf(visitor: number, chance: Chance): readonly Step[] {
  const who = { anonymousId: `browser-${visitor}`, userId: `user-${visitor}` };
  const company = chance.happens(0.5) ? chance.between(1, companies) : null;
  const email = `person-${visitor}@${company === null ? 'gmail.com' : `company-${company}.example`}`;
  const steps = Array.from({ length: chance.between(3, 10) }, (_, number) => event({ visitor, number, chance, who }));
  const name = `visitor-${visitor}-identify`;
  const identify: Step = ({ analytics }) => analytics.identify({ ...who, messageId: name, traits: { email } });
  const form = { messageId: `visitor-${visitor}-form`, email, anonymousId: who.anonymousId, message: 'Leads wait' };
  const told: Step[] = [identify];
  if (company !== null) {
    const traits = { name: `Company ${company}`, employees: 20 + (company % 5) * 20 };
    told.push(({ analytics }) =>
      analytics.group({ ...who, messageId: `visitor-${visitor}-group`, groupId: `company-${company}.example`, traits }),
    );
  }
  if (chance.happens(0.4)) told.push(({ fillIn }) => fillIn(form));
  const place = chance.between(0, steps.length);
  return [...steps.slice(0, place), ...told, ...steps.slice(place)];
}

interface Place {
  readonly visitor: number;
  readonly number: number;
  readonly chance: Chance;
  readonly who: { readonly anonymousId: string; readonly userId: string };
}

/** One event in ten is late by up to an hour; one in thirty is sent twice. */
function event({ visitor, number, chance, who }: Place): Step {
  const messageId = `visitor-${visitor}-${number}`;
  const lateMs = chance.happens(0.1) ? chance.between(1_000, hourMs) : 0;
  const twice = chance.happens(1 / 30);
  const kind = chance.next();
  return ({ analytics }) => {
    const common = { ...who, messageId, timestamp: new Date(Date.now() - lateMs) };
    const send = (): void => {
      if (kind < 0.12) analytics.track({ ...common, event: 'Demo Requested' });
      else if (kind < 0.16) analytics.track({ ...common, event: 'Unsubscribed' });
      else analytics.page({ ...common, properties: { path: kind < 0.4 ? '/pricing' : '/blog' } });
    };
    send();
    if (twice) send();
  };
}
