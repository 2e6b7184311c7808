import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { type Directory, isOnLeave } from '@baton/domain/routing/directory';
import type { Owner } from '@baton/domain/routing/owner';
import type { Decided } from './decided.js';
import type { Merge } from './merges.js';

/** Every owner that a lead had, in their order, with when it was decided (epoch ms). */
export type Owners = ReadonlyMap<string, readonly { readonly owner: Owner; readonly at: number }[]>;

const worked: readonly string[] = ['mql', 'accepted', 'sql', 'opportunity', 'customer'];

export function ownersIn(decisions: readonly Decided[]): Owners {
  const byLead = Map.groupBy(decisions, ({ lead }) => lead);
  return new Map(
    [...byLead].map(([lead, own]) => [
      lead,
      own.map(({ data }) => ({ owner: data.owner, at: Date.parse(data.decidedAt) })),
    ]),
  );
}

/** Whom a survivor may be given to with the stage of the lead that it absorbed: whoever had that when this was decided. */
export function inheritedBy({ data }: Decided, change: LeadStageChanged, owners: Owners): readonly Owner[] {
  const joined = joinedLead(change);
  if (joined === null) return [];
  const before = (owners.get(joined) ?? []).filter(({ at }) => at <= Date.parse(data.decidedAt));
  const last = before.at(-1);
  return before.filter(({ at }) => at === last?.at).map(({ owner }) => owner);
}

interface HandedOver {
  readonly directory: Directory;
  readonly owners: Owners;
  readonly changes: ReadonlyMap<string, LeadStageChanged>;
  readonly merges: ReadonlyMap<string, Merge>;
}

/**
 * The owner goes with the stage: who had an absorbed lead when it was absorbed, and until it let them go, has its survivor
 * afterwards, if they are at work and the survivor went on with its stage.
 */
export function handOversOf({ directory, owners, changes, merges }: HandedOver): {
  readonly made: number;
  readonly faults: readonly string[];
} {
  const faults: string[] = [];
  let made = 0;
  const joining = [...changes].filter(([, change]) => joinedLead(change) !== null && worked.includes(change.to));
  const pairs = new Map(joining.map(([id, change]) => [`${leadOf(id)} ${joinedLead(change)}`, change]));
  for (const [pair, change] of pairs) {
    const [survivor = '', absorbed = ''] = pair.split(' ');
    const had = owners.get(absorbed) ?? [];
    const { receivedAt } = merges.get(absorbed)!;
    const last = had.at(-1);
    // Nobody had it by then, or it still changed hands while it was absorbed: then it depends on when routing read what.
    if (last === undefined || last.at > receivedAt || !isAtWork(directory, last.owner, change)) continue;
    const own = owners.get(survivor) ?? [];
    const stood = own.findLast(({ at }) => at <= receivedAt);
    const later = own.filter(({ at }) => at > receivedAt);
    const has = [...(stood ? [stood] : []), ...later].some(({ owner }) => owner.rep === last.owner.rep);
    if (has) made += 1;
    else faults.push(`${survivor} went on with the stage of ${absorbed}, but not with ${last.owner.rep}, who had it`);
  }
  return { made, faults };
}

function isAtWork(directory: Directory, { rep }: Owner, { decidedAt }: LeadStageChanged): boolean {
  const known = rep === null ? undefined : directory.reps.get(rep);
  return known !== undefined && !isOnLeave(directory, known, Date.parse(decidedAt));
}

function joinedLead({ via, criteria }: LeadStageChanged): string | null {
  return via === 'merged' ? (criteria[0]?.values['lead'] as string) : null;
}

/** Ids of changes are `<lead>:change:<number>`. */
function leadOf(change: string): string {
  return change.slice(0, change.indexOf(':change:'));
}
