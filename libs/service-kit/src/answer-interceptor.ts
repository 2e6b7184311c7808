import type { Route } from '@baton/contracts/http/route';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { type Observable, map } from 'rxjs';
import { type Freshness, afterToken, positionsOf } from './freshness.js';
import { type LiveStreams } from './live-streams.js';
import { Answer, routeOf } from './serves.js';

/** Waits for `?after=` before a GET, and turns what a served method returns into status, headers and body. */
export class AnswerInterceptor implements NestInterceptor {
  constructor(
    private readonly freshness: Freshness,
    private readonly streams: LiveStreams,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const fresh = await this.isFresh(routeOf(context.getHandler()), http.getRequest<FastifyRequest>());
    return next.handle().pipe(map((result: unknown) => this.render(result, reply, fresh)));
  }

  private async isFresh(route: Route | undefined, request: FastifyRequest): Promise<boolean> {
    const { after } = request.query as { after?: unknown };
    if (route?.method !== 'GET' || route.service === 'every' || after === undefined) return true;
    return this.freshness.reached(route.service, positionsOf(String(after)));
  }

  private render(result: unknown, reply: FastifyReply, fresh: boolean): unknown {
    const { body, options } = result instanceof Answer ? result : new Answer(result, {});
    if (options.status !== undefined) reply.status(options.status);
    reply.headers(options.headers ?? {});
    if (options.after) reply.header('baton-after', afterToken(options.after));
    if (body instanceof Readable) this.streams.track(reply.raw);
    return fresh || !isPlainObject(body) ? body : { ...body, stale: true };
  }
}

function isPlainObject(body: unknown): body is object {
  return typeof body === 'object' && body !== null && !Array.isArray(body) && !(body instanceof Readable);
}
