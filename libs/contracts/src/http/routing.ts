import { type Static, Type } from '@sinclair/typebox';
import { Time } from '../envelope.js';
import { Owner, RoutingDecision } from '../lead-assignments.js';
import { route } from './route.js';

const after = Type.Optional(Type.String({ description: 'Baton-After of a command whose effect must show' }));

const day = Type.String({ description: 'a local date, YYYY-MM-DD' });

const Calendar = Type.Object({
  zone: Type.String({ description: 'IANA time zone' }),
  hours: Type.Record(Type.String(), Type.Array(Type.String()), {
    description: '{"mon-fri": ["09:00-12:00", "13:00-17:30"]}',
  }),
  holidays: Type.Array(day),
});

const Team = Type.Object({
  id: Type.String(),
  name: Type.String(),
  calendar: Type.String(),
  members: Type.Array(Type.String()),
  manager: Type.Optional(Type.String()),
  ownerOfLastResort: Type.String(),
});

const Rep = Type.Object({
  id: Type.String(),
  name: Type.String(),
  email: Type.String(),
  weight: Type.Number(),
  capacity: Type.Optional(Type.Integer({ description: 'open leads at most; absent: no limit' })),
  skills: Type.Array(Type.String()),
  leave: Type.Array(Type.Object({ from: day, to: day }), { description: 'both days included' }),
  notify: Type.Array(Type.String()),
  calendar: Type.Optional(Type.String({ description: 'absent: the calendar of the team' })),
});

/** The roster in force, with every default filled in; what GET answers may be changed and PUT back. */
export const RosterDocument = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  publishedAt: Time,
  calendars: Type.Record(Type.String(), Calendar),
  teams: Type.Array(Team),
  reps: Type.Array(Rep),
  accounts: Type.Record(Type.String(), Type.String(), { description: 'named account owners: domain to rep' }),
});
export type RosterDocument = Static<typeof RosterDocument>;

export const Assigned = Type.Object({
  lead: Type.String(),
  cycle: Type.Integer(),
  at: Time,
  owner: Owner,
  previous: Type.Union([Owner, Type.Null()]),
  decision: RoutingDecision,
});
export type Assigned = Static<typeof Assigned>;

export const routingRoutes = {
  getRoster: route({
    service: 'routing',
    method: 'GET',
    path: '/api/roster',
    summary: 'Teams, reps, calendars, holidays, leave, capacity and named account owners',
    access: 'any-role',
    query: Type.Object({ after }, { additionalProperties: false }),
    response: RosterDocument,
  }),
  putRoster: route({
    service: 'routing',
    method: 'PUT',
    path: '/api/roster',
    summary:
      'Replace the roster; checked whole, every fault named. With `version`, only while that is the one in force',
    access: ['manager', 'admin'],
    body: Type.Object(
      {
        version: Type.Optional(Type.Integer({ minimum: 1, description: 'the version this one was made from' })),
        publishedAt: Type.Optional(Type.String()),
        calendars: Type.Unknown(),
        teams: Type.Unknown(),
        reps: Type.Unknown(),
        accounts: Type.Optional(Type.Unknown()),
      },
      { additionalProperties: true },
    ),
    response: RosterDocument,
  }),
  assign: route({
    service: 'routing',
    method: 'POST',
    path: '/api/leads/{id}/assign',
    summary: "Give a lead to a rep or into a team's queue",
    access: ['rep', 'manager', 'admin'],
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) }),
    body: Type.Object(
      {
        to: Type.String({ pattern: '^(rep|team):[a-z0-9-]{1,60}$', description: 'rep:ID or team:ID' }),
        note: Type.Optional(Type.String({ maxLength: 4000 })),
      },
      { additionalProperties: false },
    ),
    response: Assigned,
  }),
} as const;
