import { Type } from '@sinclair/typebox';
import { Time, fact } from './envelope.js';

/** On `visitor.events`, internal: a raw accepted event, keyed by source and visitor, as the edge took it. */
export const visitorEventAccepted = fact(
  'baton.visitor.event-accepted.v1',
  Type.Object({
    eventId: Type.String(),
    source: Type.String(),
    trusted: Type.Boolean({ description: 'came with a secret key' }),
    receivedAt: Time,
    at: Time,
    event: Type.Record(Type.String(), Type.Unknown(), { description: 'the decoded event' }),
  }),
);
