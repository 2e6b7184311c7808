import { Type } from '@sinclair/typebox';
import { Time } from '../envelope.js';
import { route } from './route.js';

/** What a platform asks every process. */
export const operationsRoutes = {
  live: route({
    service: 'every',
    method: 'GET',
    path: '/health/live',
    summary: 'The process answers',
    access: 'public',
    response: Type.Object({ status: Type.Literal('live') }),
  }),
  ready: route({
    service: 'every',
    method: 'GET',
    path: '/health/ready',
    summary: 'The process takes work; 503 with the failing checks while it does not',
    access: 'public',
    response: Type.Object({
      status: Type.Union([Type.Literal('ready'), Type.Literal('unready')]),
      checks: Type.Record(Type.String(), Type.String()),
    }),
  }),
  metrics: route({
    service: 'every',
    method: 'GET',
    path: '/metrics',
    summary: 'Measurements in the text format of Prometheus',
    access: 'public',
  }),
  documentation: route({
    service: 'every',
    method: 'GET',
    path: '/docs',
    summary:
      'The whole interface, whichever process is asked: a page for a browser, the OpenAPI document for a program',
    access: 'public',
  }),
  openApi: route({
    service: 'every',
    method: 'GET',
    path: '/docs/openapi.json',
    summary: 'The OpenAPI 3.1 document of the whole interface, whichever process is asked',
    access: 'public',
  }),
} as const;

const DeadLetter = Type.Object({
  id: Type.String({ description: '<topic>/<partition>/<position>' }),
  service: Type.String(),
  reason: Type.String(),
  origin: Type.Object({ topic: Type.String(), partition: Type.Integer(), position: Type.Integer() }),
  type: Type.String(),
  attempts: Type.Integer(),
  at: Time,
});
const DeadLetterParams = Type.Object({ service: Type.String({ maxLength: 40 }), id: Type.String({ maxLength: 200 }) });

/** What the services of this process could not handle. */
export const deadLettersRoutes = {
  list: route({
    service: 'every',
    method: 'GET',
    path: '/api/dead-letters',
    summary: 'Records that could not be handled and wait for a replay, newest first',
    access: ['admin'],
    query: Type.Object({ service: Type.Optional(Type.String({ maxLength: 40 })) }, { additionalProperties: false }),
    response: Type.Object({ items: Type.Array(DeadLetter), next: Type.Null() }),
  }),
  show: route({
    service: 'every',
    method: 'GET',
    path: '/api/dead-letters/{service}/{id}',
    summary: 'One of them with its original record',
    access: ['admin'],
    params: DeadLetterParams,
    response: Type.Object({ ...DeadLetter.properties, original: Type.Unknown() }),
  }),
  replay: route({
    service: 'every',
    method: 'POST',
    path: '/api/dead-letters/{service}/{id}/replay',
    summary: 'Handle it again, now that its cause is mended; 409 with the reason when it fails again',
    access: ['admin'],
    params: DeadLetterParams,
    response: Type.Object({ handled: Type.Literal(true) }),
  }),
} as const;

/** How far behind the services of this process are. */
export const lagRoutes = {
  list: route({
    service: 'every',
    method: 'GET',
    path: '/api/lag',
    summary: 'Records of each topic that a service has still to read, all its replicas together',
    access: ['admin'],
    query: Type.Object({ service: Type.Optional(Type.String({ maxLength: 40 })) }, { additionalProperties: false }),
    response: Type.Object({
      items: Type.Array(Type.Object({ service: Type.String(), topic: Type.String(), records: Type.Integer() })),
    }),
  }),
} as const;
