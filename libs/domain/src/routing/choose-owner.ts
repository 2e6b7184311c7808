import { type Directory, isOnLeave, membersOf, teamOfRep } from './directory.js';
import { type Considered, considerTeam } from './eligibility.js';
import { type Owner, parseOwner } from './owner.js';
import type { OwnerRequest } from './owner-request.js';
import type { Team } from './roster.js';
import { type Rotation, nextInRotation } from './rotation.js';

/** Who was considered and why not: the `decision` of `lead.assigned`. */
export interface Decision {
  readonly by: 'lead-owner' | 'account-owner' | 'rule' | 'fallback' | 'last-resort' | 'escalation';
  readonly rule?: string;
  readonly tried: readonly Tried[];
  readonly rosterVersion: number;
  readonly note?: string;
}

export interface Tried {
  readonly rule: string;
  readonly team: string;
  readonly considered: readonly Considered[];
}

export interface Choice {
  readonly owner: Owner;
  readonly decision: Decision;
  /** The rotation that moved, to be stored; absent when no rotation decided. */
  readonly rotated?: { readonly rule: string; readonly rotation: Rotation };
}

/**
 * Chooses who owns a lead; there always is somebody. First whoever sticks to it, then the first rule that holds and has
 * someone eligible, then the queue of the fallback team, and its owner of last resort when nobody works that queue.
 */
export function chooseOwner(request: OwnerRequest): Choice {
  return chooseSticky(request) ?? chooseByRule(request);
}

function chooseSticky(request: OwnerRequest): Choice | null {
  if (request.reassign) return null;
  for (const kind of request.routing.sticky) {
    const rep = kind === 'lead-owner' ? request.current?.rep : accountOwner(request);
    if (rep == null || !mayStick(request, rep)) continue;
    const before = kind === 'lead-owner' ? request.current?.team : null;
    return {
      owner: ownerAt(request.directory, rep, before ?? null),
      decision: decide(request, { by: kind, tried: [] }),
    };
  }
  return null;
}

/** A named owner of the roster goes before whoever owns a colleague's lead. */
function accountOwner({ account, directory }: OwnerRequest): string | null {
  if (account.domain === null) return null;
  const { accounts } = directory.roster;
  return Object.hasOwn(accounts, account.domain) ? (accounts[account.domain] ?? null) : account.owner;
}

function mayStick({ directory, now }: OwnerRequest, id: string): boolean {
  const rep = directory.reps.get(id);
  return rep !== undefined && !isOnLeave(directory, rep, now);
}

function chooseByRule(request: OwnerRequest): Choice {
  const tried: Tried[] = [];
  for (const rule of request.routing.rules) {
    if (!request.holds.includes(rule.id)) continue;
    const team = teamNamed(request.directory, rule.to);
    const considered = considerTeam(request, { rule, team });
    tried.push({ rule: rule.id, team: team?.id ?? rule.to, considered });
    const [first, ...rest] = considered.filter((one) => one.eligible);
    if (first === undefined) continue;
    const rotation = nextInRotation(request.rotations[rule.id] ?? {}, [first, ...rest]);
    return {
      owner: ownerAt(request.directory, rotation.chosen, team?.id ?? null),
      decision: decide(request, { by: request.reassign ? 'escalation' : 'rule', rule: rule.id, tried }),
      rotated: { rule: rule.id, rotation: rotation.rotation },
    };
  }
  return chooseFallback(request, tried);
}

function chooseFallback(request: OwnerRequest, tried: readonly Tried[]): Choice {
  const { directory, routing, now } = request;
  const named = teamNamed(directory, routing.fallback);
  const team = named ?? directory.roster.teams[0];
  if (team === undefined) throw new Error('a roster must have a team; publish one that passes the check');
  const worked = membersOf(directory, team).some((rep) => !isOnLeave(directory, rep, now));
  const note = named === undefined ? `${routing.fallback} is not on the roster; ${team.id} took its place` : undefined;
  if (worked)
    return { owner: { rep: null, team: team.id }, decision: decide(request, { by: 'fallback', tried, note }) };
  const owner = { rep: team.ownerOfLastResort, team: team.id };
  return {
    owner,
    decision: decide(request, { by: 'last-resort', tried, note: note ?? `nobody of ${team.id} is at work` }),
  };
}

function decide(
  request: OwnerRequest,
  parts: Omit<Decision, 'rosterVersion' | 'note'> & { note?: string | undefined },
): Decision {
  const { note, ...rest } = parts;
  return { ...rest, rosterVersion: request.directory.version, ...(note === undefined ? {} : { note }) };
}

/** Keeps the team a rep was chosen for while they belong to it; the first team of theirs otherwise. */
function ownerAt(directory: Directory, rep: string, team: string | null): Owner {
  const kept = team !== null && directory.teams.get(team)?.members.includes(rep);
  return { rep, team: kept ? team : (teamOfRep(directory, rep)?.id ?? null) };
}

function teamNamed(directory: Directory, name: string): Team | undefined {
  return directory.teams.get(parseOwner(name)?.team ?? '');
}
