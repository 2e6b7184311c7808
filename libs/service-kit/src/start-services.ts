import { services as allServices } from '@baton/contracts/topics';
import { Health } from '@baton/observability/health';
import { type Logger, createLogger } from '@baton/observability/logger';
import { Metrics } from '@baton/observability/metrics';
import { type EmbeddedLog, openEmbeddedLog } from '@baton/messaging/embedded-log';
import { EventStreamServer } from '@baton/messaging/event-stream-server';
import { startEmbeddedPostgres } from '@baton/persistence/embedded-postgres';
import { migrate } from '@baton/persistence/migrate';
import { openDatabase } from '@baton/persistence/open-database';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { mkdirSync } from 'node:fs';
import { createApplication } from './create-application.js';
import type { ServiceDefinition } from './define-service.js';
import { lockHome } from './home-lock.js';
import { measureLag } from './measure-lag.js';
import type { HostedService, ProcessResources } from './process-resources.js';
import { type Settings } from './settings.js';
import { StartRefusal } from './start-refusal.js';
import type { Clock } from './tokens.js';
import { UndoStack } from './undo-stack.js';

export interface StartOptions {
  readonly settings: Settings;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** Routes outside any service: the console's files. */
  readonly pages?: (fastify: FastifyInstance) => Promise<void>;
}

/** Services at work in this process. */
export interface RunningServices {
  /** Where they listen, `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly transport: EmbeddedLog;
  readonly app: NestFastifyApplication;
  /** Takes no more work, finishes what is in hand, closes everything. */
  stop(): Promise<void>;
}

/**
 * Starts services in this process: database, migrations, transport, one application, subscriptions, and at last the port, so
 * that whoever gets an answer gets it from services that work. Rejects with everything closed again; with a `StartRefusal`
 * when an operator can do something about it.
 */
export async function startServices(
  definitions: readonly ServiceDefinition[],
  options: StartOptions,
): Promise<RunningServices> {
  const undo = new UndoStack();
  try {
    return await startWith(definitions, options, undo);
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function startWith(
  definitions: readonly ServiceDefinition[],
  options: StartOptions,
  undo: UndoStack,
): Promise<RunningServices> {
  const { settings } = options;
  const logger = options.logger ?? createLogger({ level: settings.logLevel });
  refuseHalfASystem(definitions, settings);
  const databaseUrl = settings.databaseUrl ?? (await embeddedDatabase(settings.home, logger, undo));
  const services = await Promise.all(definitions.map((definition) => openService(definition, databaseUrl, undo)));
  const transport = await openEmbeddedLog({ url: databaseUrl, log: logger });
  const shared: ProcessResources = {
    settings,
    logger,
    transport,
    clock: options.clock ?? Date.now,
    metrics: options.metrics ?? new Metrics(),
    health: new Health(),
  };
  const databases = new Map(services.map(({ definition, database }) => [definition.name, database]));
  const strategy = new EventStreamServer({ transport, databases });
  const app = await createApplication({ services, shared, strategy, pages: options.pages });
  undo.add(() => stopApplication(app));
  await app.init();
  await app.startAllMicroservices();
  watchHealth(shared.health, services, transport);
  measureLag(shared.metrics, transport, definitions);
  const url = await listen(app, settings);
  return { url, databaseUrl, transport, app, stop: () => undo.run() };
}

/** A log in an embedded database can be read by this process alone, so all readers must be here. */
function refuseHalfASystem(definitions: readonly ServiceDefinition[], { databaseUrl }: Settings): void {
  const here = new Set(definitions.map(({ name }) => name));
  const missing = allServices.filter((name) => !here.has(name));
  if (databaseUrl !== undefined || missing.length === 0) return;
  throw new StartRefusal(
    `Only some services were asked for, but nobody else could read their topics: ${missing.join(', ')} would be missing. ` +
      'Set DATABASE_URL to a PostgreSQL that all processes share, or start all services together.',
  );
}

async function embeddedDatabase(home: string, logger: Logger, undo: UndoStack): Promise<string> {
  mkdirSync(home, { recursive: true });
  const lock = await lockHome(home);
  undo.add(() => lock.release());
  const postgres = await startEmbeddedPostgres({ home, log: logger });
  undo.add(() => postgres.stop());
  return postgres.url;
}

async function openService(definition: ServiceDefinition, url: string, undo: UndoStack): Promise<HostedService> {
  const database = await openDatabase({ url, schema: definition.name, applicationName: `baton ${definition.name}` });
  undo.add(() => database.close());
  await migrate(database, definition.migrations);
  return { definition, database };
}

function watchHealth(health: Health, services: readonly HostedService[], transport: EmbeddedLog): void {
  for (const { definition, database } of services) {
    health.check(`database of ${definition.name}`, async () => void (await database.query('select 1')));
  }
  health.check('topics', () => {
    const stalls = transport.stalls();
    if (stalls.length > 0) throw new Error(`${stalls.length} partitions stand still; the log says why`);
  });
}

async function listen(app: NestFastifyApplication, { port, host }: Settings): Promise<string> {
  try {
    await app.listen(port, host);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
    throw new StartRefusal(
      `Port ${port} of ${host} is in use; stop what listens there, or set PORT (0 takes a free one)`,
    );
  }
  const { port: taken } = app.getHttpServer().address() as { port: number };
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
}

/** Requests in hand have five seconds to finish; then their connections are cut. */
async function stopApplication(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  // A connection that becomes idle after the close began would otherwise be kept for the client's next request.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), 5_000);
  await app.close();
  clearInterval(sweep);
  clearTimeout(cut);
}
