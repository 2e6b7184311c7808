import type { Chance } from './chance.js';
import type { Step } from './doors.js';

export const companies = 60;
const hourMs = 3_600_000;

export interface Who {
  readonly anonymousId: string;
  readonly userId?: string;
}

interface Visit {
  readonly name: string;
  readonly chance: Chance;
  readonly who: Who;
}

/** One event in ten is late by up to an hour; one in thirty is sent twice. */
export function visit({ name, chance, who }: Visit): Step {
  const lateMs = lateness(chance);
  const twice = chance.happens(1 / 30);
  const kind = chance.next();
  return ({ analytics }) => {
    const common = { ...who, messageId: name, timestamp: new Date(Date.now() - lateMs) };
    const send = (): void => {
      if (kind < 0.12) analytics.track({ ...common, event: 'Demo Requested' });
      else if (kind < 0.16) analytics.track({ ...common, event: 'Unsubscribed' });
      else analytics.page({ ...common, properties: { path: kind < 0.4 ? '/pricing' : '/blog' } });
    };
    send();
    if (twice) send();
  };
}

export function lateness(chance: Chance): number {
  return chance.happens(0.1) ? chance.between(1_000, hourMs) : 0;
}

export function joinCompany({
  name,
  who,
  company,
}: {
  name: string;
  who: Who & { userId: string };
  company: number;
}): Step {
  const traits = { name: `Company ${company}`, employees: 20 + (company % 5) * 20 };
  return ({ analytics }) => analytics.group({ ...who, messageId: name, groupId: domainOf(company), traits });
}

export function domainOf(company: number): string {
  return `company-${company}.example`;
}

/** Several sequences at once: each keeps its order. */
export function shuffled(sequences: readonly (readonly Step[])[], chance: Chance): readonly Step[] {
  const rests = sequences.map((sequence) => [...sequence]);
  const all: Step[] = [];
  for (
    let left = rests.filter(({ length }) => length > 0);
    left.length > 0;
    left = left.filter(({ length }) => length > 0)
  )
    all.push(chance.pick(left).shift()!);
  return all;
}
