import { type Static, Type } from '@sinclair/typebox';
import { type DataOf, Time, fact } from './envelope.js';
import { PlaybookRef } from './lead-scores.js';

/** Produced by routing, keyed by lead id, on the public topic `lead.assignments`. */

export const Owner = Type.Object({
  rep: Type.Union([Type.String(), Type.Null()], { description: 'null: in the queue of the team' }),
  team: Type.Union([Type.String(), Type.Null()], { description: 'null: a rep who is in no team' }),
});
export type Owner = Static<typeof Owner>;

export const Considered = Type.Object({
  rep: Type.String(),
  eligible: Type.Boolean(),
  why: Type.String({ description: 'eligible, on-leave, off-shift, at-capacity, lacks-skill:ID' }),
  weight: Type.Optional(Type.Number()),
  rotation: Type.Optional(Type.Number({ description: 'smooth weighted rotation value before the choice' })),
});
export type Considered = Static<typeof Considered>;

/** Who was considered and why not. `rules` lists every routing rule tried, in order, the last one being the one that chose. */
export const RoutingDecision = Type.Object({
  by: Type.Union(
    ['lead-owner', 'account-owner', 'rule', 'fallback', 'last-resort', 'person', 'escalation', 'import'].map((kind) =>
      Type.Literal(kind),
    ),
  ),
  rule: Type.Optional(Type.String()),
  tried: Type.Array(Type.Object({ rule: Type.String(), team: Type.String(), considered: Type.Array(Considered) })),
  rosterVersion: Type.Integer(),
  note: Type.Optional(Type.String()),
});
export type RoutingDecision = Static<typeof RoutingDecision>;

export const leadAssigned = fact(
  'baton.lead.assigned.v1',
  Type.Object({
    cycle: Type.Integer(),
    at: Time,
    decidedAt: Time,
    owner: Owner,
    previous: Type.Union([Owner, Type.Null()]),
    decision: RoutingDecision,
    change: Type.Optional(Type.String({ description: 'id of the stage change that asked for an owner' })),
    actor: Type.Optional(Type.String()),
    playbook: Type.Optional(PlaybookRef),
    historic: Type.Optional(Type.Literal(true)),
  }),
);

export const leadUnassigned = fact(
  'baton.lead.unassigned.v1',
  Type.Object({
    at: Time,
    previous: Owner,
    why: Type.Union([Type.Literal('erased'), Type.Literal('absorbed')]),
  }),
);

export type LeadAssigned = DataOf<typeof leadAssigned>;
