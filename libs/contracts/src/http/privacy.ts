import { Type } from '@sinclair/typebox';
import { Time, timeOf } from '../envelope.js';
import { route } from './route.js';

/** What the law lets a person ask: everything that is known of them, and that it be erased. */

const who = {
  email: Type.Optional(Type.String({ minLength: 3, maxLength: 320, description: 'an e-mail address of the person' })),
  leadId: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'the lead, or one absorbed into it' }),
  ),
};

const Count = Type.Integer({ minimum: 0 });

const Erased = Type.Object({
  erasedAt: Time,
  repeated: Type.Boolean({ description: 'the person had been erased before: nothing was left to delete' }),
  leads: Type.Array(Type.String(), { description: 'the lead and those absorbed into it, by id' }),
  deleted: Type.Object(
    { events: Count, identifiers: Count, visitors: Count, leads: Count, deadLetters: Count },
    { description: 'what ingest deleted; the other services delete theirs as soon as they read lead.erased' },
  ),
  lastCopyExpiresAt: timeOf('when the last copy in a topic is gone; RFC 3339, UTC'),
});

const Export = Type.Object({
  exportedAt: Time,
  lead: Type.Object({
    id: Type.String(),
    absorbed: Type.Array(Type.String(), { description: 'leads that were merged into it' }),
    userId: Type.Union([Type.String(), Type.Null()]),
    email: Type.Union([Type.String(), Type.Null()]),
    account: Type.Union([Type.String(), Type.Null()]),
    createdAt: Time,
  }),
  identifiers: Type.Array(Type.String(), { description: '`user:ID` and `email:ADDRESS`' }),
  visitors: Type.Array(Type.String(), { description: 'browsers and devices, by anonymous id' }),
  events: Type.Array(Type.Object({ eventId: Type.String(), at: Time, receivedAt: Time, content: Type.Unknown() }), {
    description: 'everything that was received of the person, in event-time order',
  }),
  derived: Type.Object(
    { lead: Type.String(), timeline: Type.String(), explanation: Type.String() },
    { description: 'where the other services show what they made of it' },
  ),
});

export const privacyRoutes = {
  erase: route({
    service: 'ingest',
    method: 'POST',
    path: '/api/privacy/erase',
    summary: 'Erases a person in every service, for ever; what still comes of them is taken and dropped',
    access: ['admin'],
    body: Type.Object(who, { additionalProperties: false }),
    response: Erased,
  }),
  export: route({
    service: 'ingest',
    method: 'GET',
    path: '/api/privacy/export',
    summary: 'Everything that was received of a person, and where to read what was made of it',
    access: ['admin'],
    query: Type.Object(who, { additionalProperties: false }),
    response: Export,
  }),
} as const;
