import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { problem, problemBody } from './problem.js';
import { StartRefusal } from './start-refusal.js';

/** Holds the port of a process that is starting, so that whoever asks is told what it waits for. */
export interface WaitingRoom {
  /** The port that is held, also where 0 was asked for. */
  readonly port: number;
  /** What `/health/ready` answers from now on. */
  say(sentence: string): void;
  /** Lets go of the port; repeated calls do nothing. */
  close(): Promise<void>;
}

/** Time for the answers that are under way. Node takes a connection on which nothing was asked yet for a busy one. */
const closingMs = 200;

export interface Address {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/**
 * Listens until the services themselves do: `/health/live` answers 200, `/health/ready` 503 with what is waited for, and
 * everything else 503 with `Retry-After`. Rejects with a `StartRefusal` when the port is in use.
 */
export async function openWaitingRoom({ host, port }: Address): Promise<WaitingRoom> {
  let sentence = 'is starting';
  const server = createServer((request, response) => answer(request, response, sentence));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve)).catch(
    (error: unknown) => {
      throw portRefusal(error, { host, port });
    },
  );
  let closed: Promise<void> | undefined;
  const close = async () => {
    const last = setTimeout(() => server.closeAllConnections(), closingMs);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    clearTimeout(last);
  };
  return {
    port: (server.address() as AddressInfo).port,
    say: (next) => void (sentence = next),
    close() {
      closed ??= close();
      server.closeIdleConnections();
      return closed;
    },
  };
}

/** What an operator should read instead of "EADDRINUSE"; any other error comes back as it is. */
export function portRefusal(error: unknown, { host, port }: Address): unknown {
  if ((error as { code?: string }).code !== 'EADDRINUSE') return error;
  return new StartRefusal(
    `Port ${port} of ${host} is in use; stop what listens there, or set PORT (0 takes a free one)`,
  );
}

/** No connection is kept: the next request should find the services. */
function answer(request: IncomingMessage, response: ServerResponse, sentence: string): void {
  request.resume();
  const path = request.url?.split('?')[0];
  response.setHeader('connection', 'close');
  response.setHeader('content-type', 'application/json; charset=utf-8');
  if (path === '/health/live') return void response.end('{"status":"live"}');
  response.statusCode = 503;
  if (path === '/health/ready') {
    return void response.end(JSON.stringify({ status: 'unready', checks: { start: sentence } }));
  }
  response.setHeader('retry-after', '1');
  response.setHeader('content-type', 'application/problem+json; charset=utf-8');
  response.end(JSON.stringify(problemBody(problem(503, 'Starting', `This process ${sentence}`, { retryAfter: 1 }))));
}
