import { services as allServices } from '@baton/contracts/topics';
import { Health } from '@baton/observability/health';
import { type Logger, createLogger } from '@baton/observability/logger';
import { Metrics } from '@baton/observability/metrics';
import type { TracingOptions } from '@baton/observability/tracing-options';
import type { Transport } from '@baton/messaging/transport';
import { EventStreamServer } from '@baton/messaging/event-stream-server';
import { migrate, newerMigrations } from '@baton/persistence/migrate';
import { openDatabase } from '@baton/persistence/open-database';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createApplication } from './create-application.js';
import type { ServiceDefinition } from './define-service.js';
import { embeddedDatabase } from './embedded-database.js';
import { measureDatabases, measureDeadLetters, measureOutboxes } from './measure-stores.js';
import { measureLag } from './measure-lag.js';
import { neededFor, openTransport } from './open-transport.js';
import type { HostedService } from './process-resources.js';
import { type Settings } from './settings.js';
import { shareHotState } from './share-hot-state.js';
import { StartRefusal } from './start-refusal.js';
import type { Clock } from './tokens.js';
import { UndoStack } from './undo-stack.js';
import { reaching, untilReachable } from './until-reachable.js';
import { type Address, openWaitingRoom, portRefusal } from './waiting-room.js';
import { watchBroker } from './watch-broker.js';

export interface StartOptions {
  readonly settings: Settings;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** Ends a start that waits for its database or broker. */
  readonly signal?: AbortSignal;
  /** Routes outside any service: the console's files. */
  readonly pages?: (fastify: FastifyInstance) => Promise<void>;
}

/** Services at work in this process. */
export interface RunningServices {
  /** Where they listen, `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly transport: Transport;
  readonly app: NestFastifyApplication;
  /**
   * Says at once that it is not ready, goes on serving for `drainMs` (default 0) so that whoever sends work notices, then
   * takes no more, finishes what is in hand and closes everything.
   */
  stop(drainMs?: number): Promise<void>;
}

/**
 * Starts services in this process: database, migrations, transport, one application, subscriptions. Until all of it works
 * the port answers 503 and says what is waited for; a database or broker that does not answer is waited for without end,
 * unless it is the embedded one. Rejects with everything closed again; with a `StartRefusal` when an operator can do
 * something about it.
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
  const { settings, signal = new AbortController().signal } = options;
  const logger = options.logger ?? createLogger({ level: settings.logLevel });
  refuseHalfASystem(definitions, settings);
  if (settings.tracing) undo.add(await traced(settings.tracing));
  const room = await openWaitingRoom(settings);
  undo.add(() => room.close());
  const databaseUrl = settings.databaseUrl ?? (await embeddedDatabase(settings.home, logger, undo));
  let waits = false;
  const open = () =>
    openAll({ definitions, databaseUrl, options, logger, tell: (sentence) => !waits && room.say(sentence) });
  const tell = (sentence: string) => {
    waits = true;
    room.say(sentence);
  };
  const isEmbedded = settings.databaseUrl === undefined;
  const opened = await (isEmbedded ? open() : untilReachable(open, { logger, tell, signal }));
  undo.add(() => opened.close());
  await room.close();
  const url = await listen(opened.app, { host: settings.host, port: room.port });
  return {
    url,
    databaseUrl,
    transport: opened.transport,
    app: opened.app,
    async stop(drainMs = 0) {
      leave(opened);
      await delay(drainMs);
      await undo.run();
    },
  };
}

/** The SDK is loaded only where it is used. */
async function traced(options: TracingOptions): Promise<() => Promise<void>> {
  const { startTracing } = await import('@baton/observability/tracing');
  return startTracing(options);
}

/** Readiness says so first; a connection that a proxy keeps ends with its next answer, instead of under its next request. */
function leave({ app, health }: Opened): void {
  health.check('process', () => Promise.reject(new Error('is stopping')));
  app.getHttpServer().prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    response.shouldKeepAlive = false;
  });
}

interface Parts {
  readonly definitions: readonly ServiceDefinition[];
  readonly databaseUrl: string;
  readonly options: StartOptions;
  readonly logger: Logger;
  /** Told what is being done, which says less than what had to be waited for. */
  readonly tell: (sentence: string) => void;
}

interface Opened {
  readonly app: NestFastifyApplication;
  readonly transport: Transport;
  readonly health: Health;
  close(): Promise<void>;
}

/** Everything but the port; whatever fails, nothing stays open. */
async function openAll(parts: Parts): Promise<Opened> {
  const undo = new UndoStack();
  try {
    return await openWith(parts, undo);
  } catch (error) {
    await undo.run().catch(() => undefined);
    throw error;
  }
}

async function openWith(parts: Parts, undo: UndoStack): Promise<Opened> {
  const { definitions, databaseUrl, options, logger, tell } = parts;
  const { settings } = options;
  const needed = (error: unknown) => neededFor(error, { settings, databaseUrl });
  tell('brings the schemas of its services up to date, or waits for who does');
  const services = await reaching(needed, () => openDatabases(definitions, databaseUrl, undo));
  tell('is starting');
  const transport = await reaching(needed, () => openTransport({ settings, databaseUrl, logger, services }));
  // The application stops it too, but there may never be one.
  undo.add(() => transport.stop());
  const shared = await shareHotState(undo, {
    settings,
    logger,
    transport,
    clock: options.clock ?? Date.now,
    metrics: options.metrics ?? new Metrics(),
    health: new Health(),
  });
  const databases = new Map(services.map(({ definition, database: own }) => [definition.name, own]));
  const strategy = new EventStreamServer({ transport, databases, metrics: shared.metrics });
  const app = await reaching(needed, () => createApplication({ services, shared, strategy, pages: options.pages }));
  undo.add(() => stopApplication(app));
  await reaching(needed, async () => {
    await app.init();
    await app.startAllMicroservices();
  });
  watchHealth(shared.health, services, transport);
  if (settings.kafka) watchBroker(shared, definitions);
  measureDatabases(shared, services);
  measureLag(shared, transport, definitions);
  measureDeadLetters(shared, services);
  if (settings.kafka) measureOutboxes(shared, services);
  return { app, transport, health: shared.health, close: () => undo.run() };
}

/** A log in an embedded database can be read by this process alone, so all readers must be here. */
function refuseHalfASystem(definitions: readonly ServiceDefinition[], { databaseUrl }: Settings): void {
  const here = new Set(definitions.map(({ name }) => name));
  const missing = allServices.filter((name) => !here.has(name));
  if (databaseUrl !== undefined || missing.length === 0) return;
  throw new StartRefusal(
    `Only some services were asked for, but nobody else could read their topics: ${missing.join(', ')} would be missing. ` +
      'Set KAFKA_BROKERS or a DATABASE_URL that all processes share, or start all services together.',
  );
}

/** All of them end before the first failure is told, so that none opens behind its back. */
async function openDatabases(
  definitions: readonly ServiceDefinition[],
  url: string,
  undo: UndoStack,
): Promise<readonly HostedService[]> {
  const attempts = await Promise.allSettled(definitions.map((definition) => openService(definition, url, undo)));
  return attempts.map((attempt) => {
    if (attempt.status === 'rejected') throw attempt.reason;
    return attempt.value;
  });
}

async function openService(definition: ServiceDefinition, url: string, undo: UndoStack): Promise<HostedService> {
  const database = await openDatabase({ url, schema: definition.name, applicationName: `baton ${definition.name}` });
  undo.add(() => database.close());
  await migrate(database, definition.migrations);
  return { definition, database };
}

function watchHealth(health: Health, services: readonly HostedService[], transport: Transport): void {
  for (const { definition, database } of services) {
    health.check(`database of ${definition.name}`, async () => void (await database.query('select 1')));
  }
  health.checkHelper('schemas', () => refuseNewerSchemas(services));
  // A partition that stands still keeps nobody from the rest, and would not move if the process got no requests.
  health.checkHelper('topics', () => {
    const stalls = transport.stalls();
    if (stalls.length > 0) throw new Error(`${stalls.length} partitions stand still; the log says why`);
  });
}

/** A process of before may run on while its successors are brought in. Without its database nobody knows, which has a check. */
async function refuseNewerSchemas(services: readonly HostedService[]): Promise<void> {
  const newer = await Promise.all(
    services.map(async ({ definition, database }) => {
      const names = await newerMigrations(database, definition.migrations).catch(() => []);
      return names.length === 0 ? [] : [`${definition.name} was migrated by a newer version (${names.join(', ')})`];
    }),
  );
  const told = newer.flat();
  if (told.length > 0) throw new Error(`${told.join(', ')}; replace this process by one of that version`);
}

async function listen(app: NestFastifyApplication, address: Address): Promise<string> {
  const { host, port } = address;
  await app.listen(port, host).catch((error: unknown) => {
    throw portRefusal(error, address);
  });
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
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
