import { type Static, Type } from '@sinclair/typebox';
import { Time } from '../envelope.js';
import { Clock, ClockState } from '../sla-clocks.js';
import { route } from './route.js';

export const ListedClock = Type.Object({
  lead: Type.String(),
  ...Clock.properties,
  acknowledged: Type.Union([Type.Object({ by: Type.String(), at: Time }), Type.Null()]),
});
export type ListedClock = Static<typeof ListedClock>;

export const slaMonitorRoutes = {
  listClocks: route({
    service: 'sla-monitor',
    method: 'GET',
    path: '/api/clocks',
    summary: 'Clocks by due time, soonest first; with a state only those that are in it now',
    access: 'any-role',
    query: Type.Object(
      {
        state: Type.Optional(ClockState),
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        cursor: Type.Optional(Type.String({ maxLength: 600 })),
        after: Type.Optional(Type.String({ description: 'Baton-After of a command whose effect must show' })),
      },
      { additionalProperties: false },
    ),
    response: Type.Object({ items: Type.Array(ListedClock), next: Type.Union([Type.String(), Type.Null()]) }),
  }),
  acknowledge: route({
    service: 'sla-monitor',
    method: 'POST',
    path: '/api/clocks/{id}/acknowledge',
    summary: 'Say that you have seen it: of a clock that still waits for a touch. It does not stop the clock',
    access: ['rep', 'manager', 'admin'],
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 220, description: '<lead id>:<cycle>' }) }),
    response: ListedClock,
  }),
} as const;
