import type { Chance } from './chance.js';
import type { Step } from './doors.js';
import { lateness, type Who } from './visits.js';

type Outcome = 'Opportunity Created' | 'Opportunity Updated' | 'Opportunity Won' | 'Opportunity Lost';

const courses: readonly (readonly Outcome[])[] = [
  ['Opportunity Created'],
  ['Opportunity Created', 'Opportunity Won'],
  ['Opportunity Created', 'Opportunity Updated', 'Opportunity Lost'],
  ['Opportunity Won'],
  ['Opportunity Lost'],
  ['Opportunity Lost', 'Opportunity Created'],
];

interface Deal {
  readonly name: string;
  readonly who: Who;
  readonly chance: Chance;
}

/** What a CRM tells of a deal, in its course: on time or late, with an amount or without, once or twice. */
export function reports({ name, who, chance }: Deal): readonly Step[] {
  return chance.pick(courses).map((event, number) => {
    const lateMs = lateness(chance);
    const twice = chance.happens(0.1);
    const amount = chance.happens(0.7) ? { amount: chance.between(1, 50) * 100 } : {};
    const reason = event === 'Opportunity Lost' && chance.happens(0.5) ? { reason: 'Too expensive' } : {};
    const report = { ...who, event, messageId: `${name}-deal-${number}`, properties: { ...amount, ...reason } };
    return ({ crm }) => {
      const timed = { ...report, timestamp: new Date(Date.now() - lateMs) };
      crm.track(timed);
      if (twice) crm.track(timed);
    };
  });
}
