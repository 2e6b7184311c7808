import { Type } from '@sinclair/typebox';
import { Role } from '../definitions.js';
import { route } from './route.js';

export const Session = Type.Object({
  role: Role,
  name: Type.String(),
  rep: Type.Optional(Type.String({ description: 'id of the rep who is signed in' })),
});

/** Sign-in of the console; every process verifies the signed cookie by itself. */
export const sessionRoutes = {
  signIn: route({
    service: 'every',
    method: 'POST',
    path: '/api/session',
    summary: 'Exchange a secret key or the admin token for a session cookie',
    access: 'public',
    body: Type.Object({ token: Type.String({ minLength: 1, maxLength: 500 }) }, { additionalProperties: false }),
    status: 204,
  }),
  current: route({
    service: 'every',
    method: 'GET',
    path: '/api/session',
    summary: 'Who is signed in',
    access: 'any-role',
    response: Session,
  }),
  signOut: route({
    service: 'every',
    method: 'DELETE',
    path: '/api/session',
    summary: 'End the session of this browser',
    access: 'public',
    status: 204,
  }),
} as const;
