import type { Route } from '@baton/contracts/http/route';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from './principal.js';
import { type FieldError, problem } from './problem.js';
import type { Call } from './serves.js';
import { faultsOfText } from './text-faults.js';
import { validate } from './validate.js';

const principals = new WeakMap<FastifyRequest, Principal>();

export function rememberPrincipal(request: FastifyRequest, principal: Principal): void {
  principals.set(request, principal);
}

/** Validates a request against its route and throws a 400 that lists every field at fault. */
export function callOf(route: Route, context: ExecutionContext): Call {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const reply = context.switchToHttp().getResponse<FastifyReply>();
  const errors: FieldError[] = [];
  const checked = (name: 'params' | 'query' | 'body', value: unknown) => checkPart({ route, name, value, errors });
  const params = checked('params', request.params);
  const query = checked('query', withoutAfter(route, request.query));
  const body = checked('body', request.body);
  if (errors.length > 0) throw badInput(errors);
  const call = {
    params,
    query,
    body,
    principal: principals.get(request) ?? null,
    headers: request.headers,
    raw: { request, reply },
  };
  return call as unknown as Call;
}

function badInput(errors: readonly FieldError[]) {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return problem(400, 'Invalid request', `${first?.path} ${first?.message}${more}`, { errors });
}

interface PartCheck {
  readonly route: Route;
  readonly name: 'params' | 'query' | 'body';
  readonly value: unknown;
  readonly errors: FieldError[];
}

function checkPart({ route, name, value, errors }: PartCheck): unknown {
  const schema = route[name];
  if (!schema) return undefined;
  const prefixed = ({ path, message }: FieldError) => ({ path: `/${name}${path}`, message });
  const faults = faultsOfText(value);
  if (faults.length > 0) {
    errors.push(...faults.map(prefixed));
    return undefined;
  }
  const result = validate(schema, value, { fromText: name !== 'body' });
  errors.push(...result.errors.map(prefixed));
  return result.value;
}

/** Any GET may carry `after`, whether its route names it or not. */
function withoutAfter(route: Route, query: unknown): unknown {
  const declared = route.query?.['properties'] as Record<string, unknown> | undefined;
  if (route.method !== 'GET' || declared?.['after']) return query;
  const { after: _after, ...rest } = query as Record<string, unknown>;
  return rest;
}
