import { type Static, Type } from '@sinclair/typebox';
import { type DataOf, Time, fact, timeOf } from './envelope.js';
import { PlaybookRef } from './lead-scores.js';

/** Produced by sla-monitor, keyed by lead id, on the public topic `sla.clocks`. */

export const clockStates = ['running', 'warned', 'paused', 'met', 'breached', 'cancelled'] as const;
export const ClockState = Type.Union(clockStates.map((state) => Type.Literal(state)));
export type ClockState = (typeof clockStates)[number];

/** The whole clock travels in every fact, so that a reader needs only the newest one. */
export const Clock = Type.Object({
  id: Type.String({ description: '<lead id>:<cycle>' }),
  cycle: Type.Integer(),
  sla: Type.String(),
  state: ClockState,
  promiseSeconds: Type.Number(),
  hours: Type.Union([Type.Literal('business'), Type.Literal('always')]),
  calendar: Type.Union([Type.String(), Type.Null()], {
    description: "calendar of the first owner's team; null: all hours",
  }),
  startedAt: Time,
  eventAt: timeOf('event time of the fact that completed the criteria'),
  dueAt: Time,
  warnings: Type.Array(Type.Object({ at: Time, percent: Type.Number() })),
  warnedAt: Type.Union([Time, Type.Null()]),
  metAt: Type.Union([Time, Type.Null()]),
  breachedAt: Type.Union([Time, Type.Null()]),
  touch: Type.Union([
    Type.Object({ event: Type.String(), at: Time, kind: Type.String(), rep: Type.Optional(Type.String()) }),
    Type.Null(),
  ]),
  owner: Type.Union([Type.String(), Type.Null()], { description: 'rep:ID or team:ID' }),
  playbook: PlaybookRef,
  historic: Type.Optional(Type.Literal(true)),
});
export type Clock = Static<typeof Clock>;

const change = { at: Time, decidedAt: Time, clock: Clock };

export const clockStarted = fact('baton.clock.started.v1', Type.Object(change));
export const clockWarned = fact('baton.clock.warned.v1', Type.Object({ ...change, percent: Type.Number() }));
export const clockPaused = fact('baton.clock.paused.v1', Type.Object({ ...change, until: Time }));
export const clockResumed = fact('baton.clock.resumed.v1', Type.Object(change));
export const clockMet = fact('baton.clock.met.v1', Type.Object(change));
export const clockBreached = fact(
  'baton.clock.breached.v1',
  Type.Object({
    ...change,
    basis: Type.Union([Type.Literal('complete'), Type.Literal('incomplete')], {
      description: 'incomplete: decided although a feeding partition stood still for 60 s',
    }),
  }),
);
export const clockEscalated = fact(
  'baton.clock.escalated.v1',
  Type.Object({
    ...change,
    percent: Type.Number(),
    action: Type.Union([
      Type.Object({ notify: Type.String() }),
      Type.Object({ reassign: Type.Literal(true) }),
      Type.Object({ page: Type.String() }),
    ]),
  }),
);
export const clockAcknowledged = fact('baton.clock.acknowledged.v1', Type.Object({ ...change, by: Type.String() }));
/** A touch that surfaced late: what was breached was in truth met, or met earlier than thought. */
export const clockCorrected = fact('baton.clock.corrected.v1', Type.Object({ ...change, was: ClockState }));
export const clockCancelled = fact('baton.clock.cancelled.v1', Type.Object({ ...change, why: Type.String() }));

export type ClockFactData = DataOf<typeof clockStarted>;
