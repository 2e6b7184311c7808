import type { Route } from '@baton/contracts/http/route';
import type { Positions } from '@baton/messaging/record';
import type { Static, TSchema } from '@sinclair/typebox';
import {
  type ExecutionContext,
  HttpCode,
  RequestMapping,
  RequestMethod,
  applyDecorators,
  createParamDecorator,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { callOf } from './call.js';
import type { Principal } from './principal.js';

const ROUTE = Symbol('baton:route');

type Part<R extends Route, Key extends 'params' | 'query' | 'body'> = R[Key] extends TSchema
  ? Static<R[Key]>
  : undefined;

/** What a served method gets: everything validated against the route's schemas, defaults applied, texts of the URL converted. */
export interface Call<R extends Route = Route> {
  readonly params: Part<R, 'params'>;
  readonly query: Part<R, 'query'>;
  readonly body: Part<R, 'body'>;
  /** Null only where the route is public or checks a write key itself. */
  readonly principal: R['access'] extends 'public' | 'write-key' ? Principal | null : Principal;
  readonly headers: IncomingHttpHeaders;
  readonly raw: { readonly request: FastifyRequest; readonly reply: FastifyReply };
}

export interface AnswerOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Positions of what a command published; sent as `Baton-After`. */
  readonly after?: Positions;
}

/** An answer with more than a body. A `Readable` body is streamed as it is (server-sent events). */
export class Answer {
  constructor(
    readonly body: unknown,
    readonly options: AnswerOptions,
  ) {}
}

export function answer(body: unknown, options: AnswerOptions): Answer {
  return new Answer(body, options);
}

/**
 * Serves a route of the contract by a controller method `(call: Call<typeof route>) => body | answer(…)`.
 * Access, validation, `?after=` and problem+json are the kit's; the answer's status is the route's, 200 by default.
 */
export function Serves(route: Route) {
  const method = RequestMethod[route.method];
  const path = route.path.replace(/\{(\w+)\}/g, ':$1');
  const mapping = applyDecorators(RequestMapping({ path, method }), HttpCode(route.status ?? 200));
  return (target: object, name: string | symbol, descriptor: PropertyDescriptor): void => {
    mapping(target, name, descriptor);
    Reflect.defineMetadata(ROUTE, route, descriptor.value as object);
    createParamDecorator((_data: unknown, context: ExecutionContext) => callOf(route, context))()(target, name, 0);
  };
}

/** The contract route that a controller method serves. */
export function routeOf(method: object): Route | undefined {
  return Reflect.getMetadata(ROUTE, method) as Route | undefined;
}
