import { Type } from '@sinclair/typebox';
import { Role } from '../definitions.js';
import { Time } from '../envelope.js';
import { route } from './route.js';

/** Keys of senders (write keys, each for one source) and of programs (secret keys, each with a role). */

const Kind = Type.Union([Type.Literal('write'), Type.Literal('secret')]);

const NewKey = Type.Object(
  {
    kind: Kind,
    name: Type.String({ minLength: 1, maxLength: 100, description: 'what people call it' }),
    source: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9-]{1,60}$',
        description: 'write keys, required: the source they stand for; event ids are unique within it',
      }),
    ),
    role: Type.Optional(Role),
  },
  { additionalProperties: false },
);

const Key = Type.Object({
  id: Type.String(),
  kind: Kind,
  name: Type.String(),
  hashPrefix: Type.String({ description: 'how the SHA-256 of the key begins, hex' }),
  source: Type.Union([Type.String(), Type.Null()]),
  role: Type.Union([Role, Type.Null()]),
  createdAt: Time,
  revokedAt: Type.Union([Time, Type.Null()]),
});

export const keysRoutes = {
  list: route({
    service: 'ingest',
    method: 'GET',
    path: '/api/keys',
    summary: 'Every key that was made, revoked ones included, newest first',
    access: ['admin'],
    response: Type.Object({ items: Type.Array(Key), next: Type.Null() }),
  }),
  create: route({
    service: 'ingest',
    method: 'POST',
    path: '/api/keys',
    summary: 'Makes a key; the answer is the only place that ever shows it, and every process knows it within a second',
    access: ['admin'],
    body: NewKey,
    response: Type.Object({ ...Key.properties, key: Type.String({ description: 'the key itself' }) }),
    status: 201,
  }),
  revoke: route({
    service: 'ingest',
    method: 'DELETE',
    path: '/api/keys/{id}',
    summary: 'Revokes a key for ever; every process refuses it within five seconds',
    access: ['admin'],
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) }),
    response: Key,
  }),
} as const;
