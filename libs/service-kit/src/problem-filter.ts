import type { Logger } from '@baton/observability/logger';
import { faultOf } from '@baton/persistence/database-faults';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { ProblemError, problem, problemBody } from './problem.js';

const unavailableSeconds = 2;

/** Answers every failure as `application/problem+json`; what is not the caller's fault is logged and stays inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const known = problemOf(error, request);
    if (known.status >= 500)
      this.logger.error('request failed', { method: request.method, route: routeName(request), error });
    sendProblem(reply, known);
  }
}

export function sendProblem(reply: FastifyReply, known: ProblemError): void {
  if (reply.sent) return;
  const { retryAfter } = known.extensions;
  if (retryAfter !== undefined) reply.header('retry-after', String(Math.ceil(retryAfter)));
  if (known.status === 401) reply.header('www-authenticate', 'Bearer');
  reply.status(known.status).header('content-type', 'application/problem+json; charset=utf-8').send(problemBody(known));
}

/** The problem that an error is to its caller: its own words for faults of the request, none for faults of ours, which are 503 when they will pass. */
export function problemOf(error: unknown, request: Pick<FastifyRequest, 'method' | 'url'>): ProblemError {
  if (error instanceof ProblemError) return error;
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  if (status === 404) return notFound(request);
  if (typeof status === 'number' && status >= 400 && status < 500) return clientProblem(status, error as Error);
  if (typeof code === 'string' && isDataException(code)) {
    return problem(
      400,
      'Invalid request',
      'A value is outside of what can be stored (a number too large, a date too far)',
    );
  }
  if (faultOf(error) === 'transient') return unavailable();
  return problem(500, 'Internal error', 'This is a fault of the server, not of the request; its log says more');
}

/** The same request will succeed once the database or the broker is back. */
function unavailable(): ProblemError {
  const how = 'The database or the broker does not take this at present; send the same request again';
  return problem(503, 'Unavailable', how, { retryAfter: unavailableSeconds });
}

function notFound({ method, url }: Pick<FastifyRequest, 'method' | 'url'>): ProblemError {
  return problem(404, 'Not found', `${method} ${url.split('?')[0]} is not served here; GET /docs lists what is`);
}

function clientProblem(status: number, error: Error): ProblemError {
  const titles: Record<number, string> = {
    400: 'Invalid request',
    413: 'Request too large',
    415: 'Unsupported content type',
  };
  return problem(status, titles[status] ?? STATUS_CODES[status] ?? 'Invalid request', error.message);
}

/** SQLSTATE class 22: the database could not take a value that the schemas let through. */
function isDataException(code: string): boolean {
  return /^22[0-9A-Z]{3}$/.test(code);
}

function routeName(request: FastifyRequest): string {
  return request.routeOptions?.url ?? 'unknown';
}
