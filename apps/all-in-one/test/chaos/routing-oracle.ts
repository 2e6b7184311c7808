import { type LeadAssigned, leadAssigned } from '@baton/contracts/lead-assignments';
import { type LeadStageChanged, leadStageChanged } from '@baton/contracts/lead-stages';
import type { Playbook } from '@baton/domain/playbook/definition';
import { chooseOwner } from '@baton/domain/routing/choose-owner';
import type { Directory } from '@baton/domain/routing/directory';
import type { Owner } from '@baton/domain/routing/owner';
import type { LogRecord } from '@baton/messaging/record';
import type { Decided } from './decided.js';
import type { Merge } from './merges.js';
import { ownershipFaults } from './one-owner.js';
import { Inheritance } from './owners-handed-over.js';
import { rotationFaults } from './rotations.js';
import { difference } from './same.js';

export interface RoutingOracle {
  readonly faults: readonly string[];
  /** Decisions that were made anew from what they recorded. */
  readonly replayed: number;
  /** Survivors that whoever had the lead that they absorbed goes on with, and how many of these along a chain of merges. */
  readonly handedOver: { readonly made: number; readonly alongChains: number };
  /** Choices of a rotation, by rule. */
  readonly turns: ReadonlyMap<string, number>;
}

interface Topics {
  readonly assignments: readonly LogRecord[];
  readonly stages: readonly LogRecord[];
  readonly merges: ReadonlyMap<string, Merge>;
}

/**
 * Makes every routing decision again from its recorded inputs; checks that each lead has one owner at a time, that an absorbed
 * lead lets its owner go and its survivor goes on with them where it goes on with the stage, and that the turns of each
 * rotation form one chain: none lost, none taken twice.
 */
export function replayRouting(
  playbook: Playbook,
  directory: Directory,
  { assignments, stages, merges }: Topics,
): RoutingOracle {
  const changes = new Map(
    stages
      .filter(({ envelope }) => envelope.type === leadStageChanged.type)
      .map((record) => [record.envelope.id, record.envelope.data as LeadStageChanged]),
  );
  const decisions = assignments
    .filter(({ envelope }) => envelope.type === leadAssigned.type)
    .map(({ key, envelope }) => ({ id: envelope.id, lead: key, data: envelope.data as LeadAssigned }));
  const inheritance = new Inheritance({ directory, decisions, changes });
  const { faults: notHandedOver, ...handedOver } = inheritance.handOvers(merges);
  const faults = [...ownershipFaults(assignments, { merges, changes }), ...notHandedOver];
  let replayed = 0;
  for (const decided of decisions) {
    if (decided.data.decision.by === 'person') continue;
    const change = changes.get(decided.data.change ?? '');
    const fault = change
      ? decisionFault({ playbook, directory, decided, change, inheritance }, decisions)
      : 'names no change that was published';
    if (fault !== null) faults.push(`${decided.id}: ${fault}`);
    replayed += 1;
  }
  const { turns, faults: unfair } = rotationFaults(decisions);
  return { faults: [...faults, ...unfair], replayed, turns, handedOver };
}

interface Replay {
  readonly playbook: Playbook;
  readonly directory: Directory;
  readonly decided: Decided;
  readonly change: LeadStageChanged;
  readonly inheritance: Inheritance;
}

/** The difference from what is chosen for whoever had the lead, or had the one that it absorbed. */
function decisionFault(replay: Replay, all: readonly Decided[]): string | null {
  const { data } = replay.decided;
  const inherited = replay.inheritance.inheritedBy(replay.decided);
  const found = [...inherited, data.previous].map((current) => choiceFault(replay, all, current));
  return found.includes(null) ? null : found[0]!;
}

function choiceFault(
  { playbook, directory, decided, change }: Replay,
  all: readonly Decided[],
  current: Owner | null,
): string | null {
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
    current,
    account: { domain, owner: isAccounts ? data.owner.rep : null },
    rotations,
    open: {},
    ...(data.decision.by === 'escalation' ? { reassign: true } : {}),
  });
  return difference({ owner: data.owner, decision: recorded }, { owner, decision });
}
