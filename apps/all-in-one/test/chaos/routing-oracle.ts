import type { LeadAssigned } from '@baton/contracts/lead-assignments';
import { type LeadStageChanged, leadStageChanged } from '@baton/contracts/lead-stages';
import type { Playbook } from '@baton/domain/playbook/definition';
import { chooseOwner } from '@baton/domain/routing/choose-owner';
import type { Directory } from '@baton/domain/routing/directory';
import { sameOwner } from '@baton/domain/routing/owner';
import type { LogRecord } from '@baton/messaging/record';
import { difference } from './same.js';

export interface RoutingOracle {
  readonly faults: readonly string[];
  /** Decisions that were made anew from what they recorded. */
  readonly replayed: number;
  /** Choices of a rotation, by rule. */
  readonly turns: ReadonlyMap<string, number>;
}

interface Decided {
  readonly id: string;
  readonly lead: string;
  readonly data: LeadAssigned;
}

/**
 * Makes every routing decision again from its recorded inputs; checks that each lead has one owner at a time, and that the
 * turns of each rotation form one chain: none lost, none taken twice.
 */
export function replayRouting(
  playbook: Playbook,
  directory: Directory,
  assignments: readonly LogRecord[],
  stages: readonly LogRecord[],
): RoutingOracle {
  const changes = new Map(
    stages
      .filter(({ envelope }) => envelope.type === leadStageChanged.type)
      .map(({ envelope }) => [envelope.id, envelope.data as LeadStageChanged]),
  );
  const decisions = assignments.map(({ key, envelope }) => ({
    id: envelope.id,
    lead: key,
    data: envelope.data as LeadAssigned,
  }));
  const faults = [...ownershipFaults(decisions)];
  let replayed = 0;
  for (const decided of decisions) {
    if (decided.data.decision.by === 'person') continue;
    const change = changes.get(decided.data.change ?? '');
    const fault = change
      ? decisionFault({ playbook, directory, decided, change }, decisions)
      : 'names no change that was published';
    if (fault !== null) faults.push(`${decided.id}: ${fault}`);
    replayed += 1;
  }
  const { turns, faults: unfair } = rotationFaults(decisions);
  return { faults: [...faults, ...unfair], replayed, turns };
}

function* ownershipFaults(decisions: readonly Decided[]): Generator<string> {
  for (const [lead, own] of Map.groupBy(decisions, (decided) => decided.lead)) {
    for (const [index, { data }] of own.entries()) {
      const before = own[index - 1]?.data.owner ?? null;
      const follows = before === null ? data.previous === null : sameOwner(before, data.previous);
      if (!follows) yield `${lead}: assignment ${index + 1} replaces an owner that it did not have`;
    }
    const byRouting = own.filter(({ data }) => !['person', 'escalation'].includes(data.decision.by));
    const cycles = byRouting.map(({ data }) => data.cycle);
    if (new Set(cycles).size !== cycles.length) yield `${lead}: routed twice in one cycle`;
  }
}

interface Replay {
  readonly playbook: Playbook;
  readonly directory: Directory;
  readonly decided: Decided;
  readonly change: LeadStageChanged;
}

function decisionFault({ playbook, directory, decided, change }: Replay, all: readonly Decided[]): string | null {
  const { data } = decided;
  const { domain } = change.account;
  const isAccounts = data.decision.by === 'account-owner';
  if (isAccounts && !all.some((other) => other !== decided && other.data.owner.rep === data.owner.rep))
    return 'follows an account owner whom nobody ever chose';
  const rotations = Object.fromEntries(
    data.decision.tried.map(({ rule, considered }) => [
      rule,
      Object.fromEntries(considered.map(({ rep, rotation }) => [rep, rotation ?? 0])),
    ]),
  );
  const { note: _note, ...recorded } = data.decision;
  const { owner, decision } = chooseOwner({
    directory,
    routing: playbook.definition.routing,
    holds: change.holds.routing,
    now: Date.parse(data.decidedAt),
    current: data.previous,
    account: { domain, owner: isAccounts ? data.owner.rep : null },
    rotations,
    open: {},
    ...(data.decision.by === 'escalation' ? { reassign: true } : {}),
  });
  return difference({ owner: data.owner, decision: recorded }, { owner, decision });
}

/**
 * A turn is recorded with what everybody had waited up before it. Each such state but the first must be what exactly one
 * other turn left behind.
 */
function rotationFaults(decisions: readonly Decided[]): { turns: Map<string, number>; faults: string[] } {
  const turns = new Map<string, number>();
  const faults: string[] = [];
  const chosen = decisions.filter(({ data }) => data.decision.by === 'rule' || data.decision.by === 'escalation');
  for (const [rule, own] of Map.groupBy(chosen, ({ data }) => data.decision.rule ?? '')) {
    turns.set(rule, own.length);
    const open = new Map<string, number>();
    const add = (state: string, by: number): void => void open.set(state, (open.get(state) ?? 0) + by);
    for (const { data } of own) {
      const { considered } = data.decision.tried.at(-1)!;
      const before = Object.fromEntries(considered.map(({ rep, rotation }) => [rep, rotation ?? 0]));
      const after = { ...before };
      let sum = 0;
      for (const { rep, eligible, weight } of considered) {
        if (!eligible) continue;
        after[rep] = (after[rep] ?? 0) + (weight ?? 1);
        sum += weight ?? 1;
      }
      after[data.owner.rep!] = (after[data.owner.rep!] ?? 0) - sum;
      add(JSON.stringify(before), -1);
      add(JSON.stringify(after), 1);
    }
    // One state was there at first and is left by nobody, one is left at the end and is found by nobody.
    const ends = [...open.values()].filter((count) => count !== 0);
    const isChain = ends.length === 0 || (ends.length === 2 && ends.includes(1) && ends.includes(-1));
    if (!isChain) faults.push(`rotation of ${rule}: ${JSON.stringify([...open].filter(([, count]) => count !== 0))}`);
  }
  return { turns, faults };
}
