import { KeyDirectory } from '@baton/service-kit/key-directory';
import type { Resolve } from '@baton/service-kit/define-service';
import { problem } from '@baton/service-kit/problem';
import type { Settings } from '@baton/service-kit/settings';
import { type Clock, CLOCK, SETTINGS } from '@baton/service-kit/tokens';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { type Decoded, type Reception, type Refusal, type RejectedEvent, isRefusal } from '../decode/decoded-event.js';
import { Admission } from './admission.js';
import { type Caller, Callers } from './callers.js';
import { OverloadError } from './group-commit.js';
import { RateLimitError } from './rate-limit.js';

const mostRejectedShown = 100;

/** What the routes of the door share: who calls, when, and the one way in. */
export interface Door {
  readonly callers: Callers;
  readonly settings: Settings;
  readonly clock: Clock;
  /** Makes the events durable and answers; events that were rejected are named in the answer. */
  accept(reply: FastifyReply, taking: Taking): Promise<FastifyReply>;
  /** Makes the events durable; throws the problem to answer when that is not possible. */
  take(taking: Taking): Promise<void>;
}

interface Taking {
  readonly caller: Caller;
  readonly decoded: Decoded;
  readonly receivedAt: number;
  readonly bytes: number;
}

export function openDoor(resolve: Resolve): Door {
  const clock = resolve<Clock>(CLOCK);
  const settings = resolve<Settings>(SETTINGS);
  const admission = resolve<Admission>(Admission);
  const callers = new Callers(settings, resolve<KeyDirectory>(KeyDirectory));
  const take = ({ decoded, ...admitted }: Taking) => admission.admit(decoded, admitted).catch(turnAway);
  return {
    callers,
    settings,
    clock,
    take,
    async accept(reply, taking) {
      await take(taking);
      return reply.type('application/json').send(acceptance(taking.decoded.rejected));
    },
  };
}

export function receptionOf(receivedAt: number, trusted: boolean, userAgent?: string): Reception {
  return { receivedAt, trusted, newId: randomUUID, ...(userAgent !== undefined && { userAgent }) };
}

/** The whole request is at fault: 400 that names the field. */
function refuse({ refused: { path, message } }: Refusal): never {
  const field = path === '' ? 'The body' : path;
  throw problem(400, 'Invalid request', `${field} ${message}`, {
    errors: [{ path: `/body${path && `/${path}`}`, message }],
  });
}

export function sound<Value extends object>(value: Value | Refusal): Value {
  return isRefusal(value) ? refuse(value) : value;
}

export async function callerOf(door: Door, request: FastifyRequest, body: unknown): Promise<Caller> {
  const caller = await door.callers.of(request, body);
  if (caller) return caller;
  throw problem(
    401,
    'Unknown write key',
    'Send the write key as Basic user, as writeKey in the body or in the address, or as X-Write-Key',
  );
}

/** Overload is 429 with a whole number of seconds; that the write failed is our fault, and worth another try. */
function turnAway(error: unknown): never {
  if (error instanceof OverloadError || error instanceof RateLimitError)
    throw problem(429, 'Too many events', error.message, { retryAfter: error.retryAfterSeconds });
  throw error;
}

function acceptance(rejected: readonly RejectedEvent[]): string {
  if (rejected.length === 0) return '{"success":true}';
  return JSON.stringify({ success: true, rejected: rejected.slice(0, mostRejectedShown) });
}
