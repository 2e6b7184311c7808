import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Time } from '../envelope.js';
import { route } from './route.js';

function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

/** What a signed webhook can carry. */
export const webhookTopics = ['lead.stages', 'lead.assignments', 'sla.clocks'] as const;
export type WebhookTopic = (typeof webhookTopics)[number];
const Topics = Type.Array(Type.Unsafe<WebhookTopic>(Type.Union(webhookTopics.map((topic) => Type.Literal(topic)))), {
  minItems: 1,
  uniqueItems: true,
  default: [...webhookTopics],
});

export const ConnectorInput = Type.Object(
  {
    kind: Type.Literal('webhook', { default: 'webhook' }),
    name: Type.String({ minLength: 1, maxLength: 100 }),
    url: Type.String({ format: 'uri', maxLength: 2000, description: 'https; http only with allowPrivate' }),
    topics: Topics,
    enabled: Type.Boolean({ default: true }),
    allowPrivate: Type.Boolean({
      default: false,
      description: 'may reach loopback, private and link-local addresses, and http',
    }),
    secret: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'whsec_ and base64 of 24 to 64 bytes; write-only; generated when absent at creation',
      }),
    ),
  },
  { additionalProperties: false },
);
export type ConnectorInput = Static<typeof ConnectorInput>;

export const Connector = Type.Object({
  id: Type.String(),
  kind: Type.Literal('webhook'),
  name: Type.String(),
  url: Type.String(),
  topics: Topics,
  enabled: Type.Boolean(),
  allowPrivate: Type.Boolean(),
  disabledReason: nullable(Type.String()),
  createdAt: Time,
  updatedAt: Time,
  open: Type.Integer({ description: 'deliveries that have neither arrived nor been given up' }),
  secret: Type.Optional(Type.String({ description: 'once, in the answer that created it' })),
});
export type Connector = Static<typeof Connector>;

export const deliveryStates = ['pending', 'delivered', 'given-up'] as const;
export type DeliveryState = (typeof deliveryStates)[number];
const State = Type.Unsafe<DeliveryState>(Type.Union(deliveryStates.map((state) => Type.Literal(state))));

export const Delivery = Type.Object({
  id: Type.String({ description: 'the webhook-id of every attempt' }),
  lead: Type.String(),
  type: Type.String(),
  state: State,
  attempts: Type.Integer(),
  createdAt: Time,
  nextAttemptAt: nullable(Time),
  deliveredAt: nullable(Time),
  lastStatus: nullable(Type.Integer()),
  lastError: nullable(Type.String()),
});
export type Delivery = Static<typeof Delivery>;

const ConnectorParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });
const DeliveryParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 100 }),
  delivery: Type.String({ minLength: 1, maxLength: 100 }),
});
const admin = ['admin'] as const;

export const connectorsRoutes = {
  list: route({
    service: 'connectors',
    method: 'GET',
    path: '/api/connectors',
    summary: 'Outgoing connections',
    access: admin,
    response: Type.Object({ items: Type.Array(Connector), next: Type.Null() }),
  }),
  create: route({
    service: 'connectors',
    method: 'POST',
    path: '/api/connectors',
    summary: 'Connect a receiver of signed webhooks; the answer shows the secret once',
    access: admin,
    body: ConnectorInput,
    response: Connector,
    status: 201,
  }),
  get: route({
    service: 'connectors',
    method: 'GET',
    path: '/api/connectors/{id}',
    summary: 'One connection, without its secret',
    access: admin,
    params: ConnectorParams,
    response: Connector,
  }),
  replace: route({
    service: 'connectors',
    method: 'PUT',
    path: '/api/connectors/{id}',
    summary:
      'Replace a connection; without a secret the present one stays, a new one is signed with beside the old for a day',
    access: admin,
    params: ConnectorParams,
    body: ConnectorInput,
    response: Connector,
  }),
  remove: route({
    service: 'connectors',
    method: 'DELETE',
    path: '/api/connectors/{id}',
    summary: 'Remove a connection with its deliveries',
    access: admin,
    params: ConnectorParams,
    status: 204,
  }),
  test: route({
    service: 'connectors',
    method: 'POST',
    path: '/api/connectors/{id}/test',
    summary: 'Send a test message now and say how it went',
    access: admin,
    params: ConnectorParams,
    response: Type.Object({
      delivered: Type.Boolean(),
      status: nullable(Type.Integer()),
      error: nullable(Type.String()),
      seconds: Type.Number(),
    }),
  }),
  deliveries: route({
    service: 'connectors',
    method: 'GET',
    path: '/api/connectors/{id}/deliveries',
    summary: 'Deliveries, newest first',
    access: admin,
    params: ConnectorParams,
    query: Type.Object(
      {
        state: Type.Optional(State),
        lead: Type.Optional(Type.String({ maxLength: 200 })),
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$' })),
        after: Type.Optional(Type.String()),
      },
      { additionalProperties: false },
    ),
    response: Type.Object({
      items: Type.Array(Delivery),
      next: nullable(Type.String()),
      stale: Type.Optional(Type.Boolean()),
    }),
  }),
  retry: route({
    service: 'connectors',
    method: 'POST',
    path: '/api/connectors/{id}/deliveries/{delivery}/retry',
    summary: 'Try a delivery again now, with a fresh schedule; 409 when it has arrived',
    access: admin,
    params: DeliveryParams,
    response: Delivery,
    status: 202,
  }),
} as const;
