import type { RoutingDefinition } from '../playbook/definition.js';
import { isOnLeave, isOnShift, membersOf } from './directory.js';
import { parseOwner } from './owner.js';
import type { OwnerRequest } from './owner-request.js';
import type { Rep, Team } from './roster.js';
import { valueOf } from './rotation.js';

/** One rep as a rule saw them. `rotation` is what they had waited up before the choice. */
export interface Considered {
  readonly rep: string;
  readonly eligible: boolean;
  /** `eligible`, `on-leave`, `off-shift`, `at-capacity`, `lacks-skill:ID`, `current-owner`. */
  readonly why: string;
  readonly weight: number;
  readonly rotation: number;
}

type Rule = RoutingDefinition['rules'][number];

/**
 * Everybody whom a rule may choose among, with the first reason that speaks against each. Off-shift speaks against a
 * rep only while somebody of the team is on shift: at night all count. A rule may also name one rep, who has no shift.
 */
export function considerTeam(
  request: OwnerRequest,
  target: { rule: Rule; team: Team | undefined },
): readonly Considered[] {
  const { rule, team } = target;
  const reps = team === undefined ? namedRep(request, rule) : membersOf(request.directory, team);
  const onShift = new Set(
    team === undefined ? [] : reps.filter((rep) => isOnShift(request.directory, { rep, team }, request.now)),
  );
  const rotation = request.rotations[rule.id] ?? {};
  return reps.map((rep) => {
    const against = speaksAgainst(request, rule, rep) ?? (onShift.size > 0 && !onShift.has(rep) ? 'off-shift' : null);
    return {
      rep: rep.id,
      eligible: against === null,
      why: against ?? 'eligible',
      weight: rep.weight,
      rotation: valueOf(rotation, rep.id),
    };
  });
}

function speaksAgainst(request: OwnerRequest, rule: Rule, rep: Rep): string | null {
  if (request.reassign && request.current?.rep === rep.id) return 'current-owner';
  if (isOnLeave(request.directory, rep, request.now)) return 'on-leave';
  const missing = rule.skills.find((skill) => !rep.skills.includes(skill));
  if (missing !== undefined) return `lacks-skill:${missing}`;
  const open = Object.hasOwn(request.open, rep.id) ? (request.open[rep.id] ?? 0) : 0;
  return open >= (rep.capacity ?? Infinity) ? 'at-capacity' : null;
}

function namedRep({ directory }: OwnerRequest, rule: Rule): readonly Rep[] {
  const rep = directory.reps.get(parseOwner(rule.to)?.rep ?? '');
  return rep === undefined ? [] : [rep];
}
