import type { RoutingDefinition } from '../playbook/definition.js';
import type { Directory } from './directory.js';
import type { Owner } from './owner.js';
import type { Rotation } from './rotation.js';

/** All that the choice of an owner depends on. */
export interface OwnerRequest {
  readonly directory: Directory;
  readonly routing: RoutingDefinition;
  /** Ids of the routing rules whose conditions hold. */
  readonly holds: readonly string[];
  readonly now: number;
  /** Who owns the lead now, from this cycle or an earlier one. */
  readonly current: Owner | null;
  readonly account: { readonly domain: string | null; readonly owner: string | null };
  /** By rule id; a rule that has not chosen yet may be absent. */
  readonly rotations: Readonly<Record<string, Rotation>>;
  /** Open leads per rep, what capacity is measured by; absent counts as none. */
  readonly open: Readonly<Record<string, number>>;
  /** Set when an escalation asks for somebody else: nobody sticks, and the current owner is out. */
  readonly reassign?: true;
}
