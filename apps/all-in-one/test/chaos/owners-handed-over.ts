import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { type Directory, isOnLeave } from '@baton/domain/routing/directory';
import { type Owner, sameOwner } from '@baton/domain/routing/owner';
import type { Decided } from './decided.js';
import type { Merge } from './merges.js';

/** A change that took over the stage of others, who had come there first named first. */
interface Joined {
  readonly number: number;
  readonly leads: readonly string[];
}

interface Told {
  readonly directory: Directory;
  /** In the order in which they were told of each lead. */
  readonly decisions: readonly Decided[];
  /** By id. */
  readonly changes: ReadonlyMap<string, LeadStageChanged>;
}

interface HandOvers {
  readonly made: number;
  /** Of them, from a lead that had itself taken over a stage, or past one that was gone before it could. */
  readonly alongChains: number;
  readonly faults: readonly string[];
}

const worked: readonly string[] = ['mql', 'accepted', 'sql', 'opportunity', 'customer'];

/**
 * The owner goes with the stage: whoever had an absorbed lead at last has its survivor, if they are at work and the survivor went
 * on with its stage, in whatever order routing read what. Only who is given the survivor meanwhile, by a person or because
 * its promise was broken, keeps it.
 */
export class Inheritance {
  private readonly decided: ReadonlyMap<string, readonly Decided[]>;
  private readonly joined: ReadonlyMap<string, readonly Joined[]>;

  constructor(private readonly told: Told) {
    this.decided = Map.groupBy(told.decisions, ({ lead }) => lead);
    const joining = [...told.changes].filter(([, change]) => joinedLeads(change).length > 0);
    const ofWorked = joining.filter(([, { to }]) => worked.includes(to));
    const byLead = Map.groupBy(ofWorked, ([id]) => leadOf(id));
    this.joined = new Map(
      [...byLead].map(([lead, own]) => [
        lead,
        own
          .map(([id, change]) => ({ number: numberOf(id), leads: joinedLeads(change) }))
          .toSorted((one, other) => one.number - other.number),
      ]),
    );
  }

  /** Whom a decision may have gone by: those who had the leads whose stage was taken over up to the change that asked for it. */
  inheritedBy({ lead, data }: Decided): readonly Owner[] {
    const before = (this.joined.get(lead) ?? []).filter(({ number }) => number <= numberOf(data.change ?? ''));
    return before.flatMap(({ leads }) => leads.flatMap((one) => this.lastOwner(one) ?? []));
  }

  handOvers(merges: ReadonlyMap<string, Merge>): HandOvers {
    const judged = [...this.joined].flatMap(([lead, [first, ...rest]]) => {
      // Of several merges, one after another, the facts do not say which of them was decided when.
      const isOne = rest.every(({ leads }) => leads.join() === first!.leads.join());
      return isOne ? [{ lead, joined: first!, found: this.judge(lead, first!, merges.has(lead)) }] : [];
    });
    const made = judged.filter(({ found }) => found === true);
    const isChain = ({ leads }: Joined) => leads.length > 1 || leads.some((lead) => this.joined.has(lead));
    return {
      made: made.length,
      alongChains: made.filter(({ joined }) => isChain(joined)).length,
      faults: judged.flatMap(({ lead, joined: { leads }, found }) =>
        found === false ? [`${lead} went on with the stage of ${leads.join(', ')}, but not with who had it`] : [],
      ),
    };
  }

  /** Whether the survivor has whom it is to have; null where that is nobody certain. */
  private judge(lead: string, joined: Joined, isGone: boolean): boolean | null {
    const heir = this.heir(joined.leads);
    const after = this.decidedBehind(lead, joined);
    if (heir === null || (after === undefined ? isGone : isGiven(after))) return null;
    const owner = (after ?? this.decided.get(lead)?.at(-1))?.data.owner ?? null;
    return sameOwner(owner, heir);
  }

  /** Who had a lead at last, or would have had it, were it not gone before it was given anybody. */
  private lastOwner(lead: string): Owner | null {
    const last = this.decided.get(lead)?.at(-1)?.data.owner ?? null;
    const joined = this.joined.get(lead)?.at(-1);
    if (joined === undefined || this.decidedBehind(lead, joined) !== undefined) return last;
    return this.heir(joined.leads) ?? last;
  }

  private heir(leads: readonly string[]): Owner | null {
    const owners = leads.map((lead) => this.lastOwner(lead));
    return owners.find((owner) => owner !== null && this.isAtWork(owner)) ?? null;
  }

  /** The first decision that was made behind a change. */
  private decidedBehind(lead: string, { number }: Joined): Decided | undefined {
    return this.decided.get(lead)?.find(({ data }) => numberOf(data.change ?? '') >= number);
  }

  private isAtWork({ rep }: Owner): boolean {
    const { directory } = this.told;
    const known = rep === null ? undefined : directory.reps.get(rep);
    return known !== undefined && !isOnLeave(directory, known, Date.now());
  }
}

function isGiven({ data: { decision } }: Decided): boolean {
  return decision.by === 'person' || decision.by === 'escalation';
}

function joinedLeads({ via, criteria }: LeadStageChanged): readonly string[] {
  return via === 'merged' ? criteria.map(({ values }) => values['lead'] as string) : [];
}

/** Ids of changes are `<lead>:change:<number>`. */
function leadOf(change: string): string {
  return change.slice(0, change.indexOf(':change:'));
}

function numberOf(change: string): number {
  return Number(change.slice(change.lastIndexOf(':') + 1));
}
