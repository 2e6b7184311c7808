import { createLogger } from '@baton/observability/logger';
import type { Transport } from '@baton/messaging/transport';
import { type Positions, onBroker } from '@baton/messaging/record';
import type { ServiceDefinition } from '@baton/service-kit/define-service';
import type { Settings } from '@baton/service-kit/settings';
import { type StartOptions, startServices } from '@baton/service-kit/start-services';
import { tmpdir } from 'node:os';
import { testServer } from './database.js';

export interface TestRunOptions extends Partial<Pick<StartOptions, 'clock' | 'pages'>> {
  readonly settings?: Partial<Settings>;
}

export interface TestRun {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly transport: Transport;
  readonly settings: Settings;
  /** Sends a request as the admin; other headers replace this one's. */
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** As the function of this name, of these services. */
  settled(): Promise<void>;
  /** Stops the services and drops their database. */
  stop(): Promise<void>;
}

const patienceMs = 30_000;

/** Starts services in this process, on a free port and a fresh database of the shared PostgreSQL, logging only errors. */
export async function runForTest(
  definitions: readonly ServiceDefinition[],
  options: TestRunOptions = {},
): Promise<TestRun> {
  const server = await testServer();
  const settings = testSettings(server.url, options.settings);
  const start = {
    settings,
    logger: createLogger({ level: settings.logLevel }),
    clock: options.clock,
    pages: options.pages,
  };
  const running = await startServices(definitions, start).catch(async (error: unknown) => {
    await server.drop();
    throw error;
  });
  const { url, transport } = running;
  return {
    url,
    transport,
    settings,
    databaseUrl: server.url,
    request: (method, path, body, headers) =>
      request({ url: url + path, method, body, headers, token: settings.adminToken }),
    settled: () => settled(definitions, transport),
    async stop() {
      await running.stop();
      await server.drop();
    },
  };
}

function testSettings(databaseUrl: string, over: Partial<Settings> = {}): Settings {
  return {
    port: 0,
    host: '127.0.0.1',
    home: tmpdir(),
    databaseUrl,
    secret: 'the secret of a test, long enough',
    adminToken: 'the-admin-token-of-a-test',
    writeKey: 'the-write-key-of-a-test',
    logLevel: 'error',
    ...over,
  };
}

interface TestRequest {
  readonly url: string;
  readonly method: string;
  readonly token: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

function request({ url, method, token, body, headers }: TestRequest): Promise<Response> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  return fetch(url, {
    method,
    body: text,
    redirect: 'manual',
    headers: { authorization: `Bearer ${token}`, ...json, ...headers },
  });
}

/**
 * Resolves when every consumer has handled everything there is, however much its handling added; rejects after 30 s. What one
 * service handles may add to the log of the next, so it is asked until the ends stand still.
 */
export async function settled(definitions: readonly ServiceDefinition[], transport: Transport): Promise<void> {
  const deadline = Date.now() + patienceMs;
  const topics = definitions.flatMap(({ publishes, consumes }) => [...publishes, ...consumes]);
  for (let ends: Positions = {}; ;) {
    const before = JSON.stringify(ends);
    ends = await transport.endPositions(topics);
    if (JSON.stringify(ends) === before) return;
    for (const { name, consumes } of definitions)
      await handled({ name, until: consumedPart(ends, consumes), transport, deadline });
  }
}

interface Wait {
  readonly name: ServiceDefinition['name'];
  readonly until: Positions;
  readonly transport: Transport;
  readonly deadline: number;
}

async function handled({ name, until, transport, deadline }: Wait): Promise<void> {
  if (await transport.waitFor(name, until, Math.max(0, deadline - Date.now()))) return;
  const consumed = JSON.stringify(await transport.consumedPositions(name));
  throw new Error(`${name} did not catch up with ${JSON.stringify(until)}; it has handled ${consumed}`);
}

function consumedPart(ends: Positions, consumes: ServiceDefinition['consumes']): Positions {
  const names = new Set(consumes.flatMap(({ name }) => [name, onBroker(name)]));
  return Object.fromEntries(Object.entries(ends).filter(([topic]) => names.has(topic)));
}
