import { leadAbsorbed, leadsMerged } from '@baton/contracts/lead-events';
import type { LogRecord } from '@baton/messaging/record';

/** Two leads that turned out to be one person, as `lead.events` tells it under the survivor. */
export interface Merge {
  readonly absorbed: string;
  readonly survivor: string;
  /** Receipt of the event that joined them, epoch ms. */
  readonly receivedAt: number;
  /** The place of `leads.merged` among all records read. */
  readonly index: number;
}

export interface Merges {
  /** By absorbed lead. */
  readonly all: ReadonlyMap<string, Merge>;
  /** Leads that went on as two, facts of a merge without the other one, facts of a lead behind its absorption. */
  readonly faults: readonly string[];
}

export function mergesIn(events: readonly LogRecord[]): Merges {
  const all = new Map<string, Merge>();
  const ended = new Map<string, string>();
  const faults: string[] = [];
  for (const [index, { key, envelope }] of events.entries()) {
    const data = envelope.data as { receivedAt: string; absorbed: string; survivor: string };
    if (ended.has(key)) faults.push(`${envelope.id} lies behind the absorption of ${key}`);
    if (envelope.type === leadAbsorbed.type) ended.set(key, data.survivor);
    if (envelope.type !== leadsMerged.type) continue;
    if (all.has(data.absorbed)) faults.push(`${data.absorbed} was absorbed twice`);
    all.set(data.absorbed, { absorbed: data.absorbed, survivor: key, receivedAt: Date.parse(data.receivedAt), index });
  }
  for (const lead of new Set([...all.keys(), ...ended.keys()]))
    if (all.get(lead)?.survivor !== ended.get(lead))
      faults.push(`${lead} goes on as ${ended.get(lead)}, which ${all.get(lead)?.survivor} says of itself`);
  return { all, faults };
}

/** Every lead behind those that it absorbed. */
export function absorbedFirst(leads: readonly string[], merges: ReadonlyMap<string, Merge>): readonly string[] {
  const depth = (lead: string): number => {
    const below = [...merges.values()].filter(({ survivor }) => survivor === lead);
    return below.reduce((most, { absorbed }) => Math.max(most, depth(absorbed) + 1), 0);
  };
  const depths = new Map(leads.map((lead) => [lead, depth(lead)]));
  return leads.toSorted((one, other) => depths.get(one)! - depths.get(other)!);
}
