import { adoptPositions } from '@baton/messaging/adopt-positions-store';
import { EventStreamServer } from '@baton/messaging/event-stream-server';
import { storedPartitions } from '@baton/messaging/log-tables-store';
import { schemasWithLog } from '@baton/messaging/log-store';
import { ReplayTransport } from '@baton/messaging/replay-transport';
import { Health } from '@baton/observability/health';
import { type Logger, createLogger } from '@baton/observability/logger';
import { Metrics } from '@baton/observability/metrics';
import { SchemaInUseError, adoptSchema } from '@baton/persistence/adopt-schema';
import { type TableDifference, compareSchemas } from '@baton/persistence/compare-schemas';
import { dropSchema } from '@baton/persistence/drop-schema';
import { migrate } from '@baton/persistence/migrate';
import { openDatabase } from '@baton/persistence/open-database';
import type { Database } from '@baton/persistence/sql';
import { createApplication } from './create-application.js';
import type { Rebuilt, ServiceDefinition } from './define-service.js';
import { embeddedDatabase } from './embedded-database.js';
import { LocalHotStates } from './local-hot-state.js';
import type { Settings } from './settings.js';
import { StartRefusal } from './start-refusal.js';
import { UndoStack } from './undo-stack.js';

/** Tables of every schema that say how far it is itself. */
const ownTables = ['migrations', 'positions'];
/** Tables of every schema that no read model is made of: what it published, and what it put aside. */
const logTables = [
  'outbox_segments',
  'outbox_counters',
  'dead_letters',
  'log_settings',
  'relayed',
  'relay_lease',
  'history_segments',
  'erased_keys',
];

export interface ReplayOptions {
  /** Of the installation: where its database is, and its secret. */
  readonly settings: Settings;
  /** Name of the schema to be made; one of this name is dropped before. */
  readonly into: string;
  readonly logger?: Logger;
}

export interface Replayed {
  readonly records: number;
  readonly seconds: number;
  /** Each table of the replayed schema held against the live one, `onlyFirst` being what the live one alone has. */
  readonly tables: readonly ComparedTable[];
}

export interface ComparedTable extends TableDifference {
  /** Made of raw events, which have no history: it is the same only as far as the log reaches. */
  readonly passing: boolean;
}

/**
 * Makes the tables of a service again in a schema of their own, by its own handlers, from the history of every topic it reads,
 * and compares them row by row with those it has. Publishes nothing. The service may run meanwhile; what it has read beyond the
 * end of the replay then shows as a difference. Throws a `StartRefusal` for a service that facts alone do not make.
 */
export async function replayService(definition: ServiceDefinition, options: ReplayOptions): Promise<Replayed> {
  const { rebuilt } = definition;
  const { settings, logger = createLogger({ level: settings.logLevel }) } = options;
  if (!rebuilt) {
    throw new StartRefusal(
      `${definition.name} decides: what it decided is history, and a replay does not decide again. Replay a service that reads it.`,
    );
  }
  if (options.into === definition.name) throw new StartRefusal('The replay needs a schema of its own');
  const undo = new UndoStack();
  try {
    const url = settings.databaseUrl ?? (await embeddedDatabase(settings.home, logger, undo));
    const reader = await openDatabase({ url, schema: 'public', poolSize: 2 });
    undo.add(() => reader.close());
    await dropSchema(reader, options.into);
    const begun = Date.now();
    const records = await replayInto(definition, { reader, url, logger }, options);
    const compared = await compare(reader, [definition.name, options.into], rebuilt);
    const tables = compared.map((one) => ({ ...one, passing: Object.hasOwn(rebuilt.passing, one.table) }));
    return { records, seconds: (Date.now() - begun) / 1000, tables };
  } finally {
    await undo.run();
  }
}

/**
 * Puts a replayed schema in the place of the service's own: what it published and counted stays, the rest is as the replay made
 * it. Throws a `StartRefusal` where the service runs, or where the facts do not decide all of its rows.
 */
export async function adoptReplay(
  { name, rebuilt }: ServiceDefinition,
  { settings, into, logger = createLogger({ level: settings.logLevel }) }: ReplayOptions,
): Promise<void> {
  if (!rebuilt || rebuilt.decided)
    throw new StartRefusal(`The tables of ${name} also say what it published; a replay cannot take their place`);
  const passing = Object.values(rebuilt.passing).flatMap((topics) => topics.map((topic) => topic.name));
  const undo = new UndoStack();
  try {
    const url = settings.databaseUrl ?? (await embeddedDatabase(settings.home, logger, undo));
    const database = await openDatabase({ url, schema: 'public', poolSize: 1 });
    undo.add(() => database.close());
    await adoptSchema(database, {
      live: name,
      replayed: into,
      kept: [...logTables, ...rebuilt.kept, ...Object.keys(rebuilt.passing)],
      join: (sql, schemas) => adoptPositions(sql, schemas, passing),
    });
  } catch (error) {
    throw error instanceof SchemaInUseError ? new StartRefusal(error.message) : error;
  } finally {
    await undo.run();
  }
}

interface Source {
  readonly reader: Database;
  readonly url: string;
  readonly logger: Logger;
}

async function replayInto(
  definition: ServiceDefinition,
  { reader, url, logger }: Source,
  { settings, into }: ReplayOptions,
): Promise<number> {
  const partitions = await storedPartitions(reader, [definition.name]);
  if (partitions === undefined)
    throw new StartRefusal(`${definition.name} was never started here; start it once before its history is replayed`);
  await refuseWithoutHistory(definition, reader);
  const database = await openDatabase({ url, schema: into, applicationName: `baton replay ${into}` });
  try {
    await migrate(database, definition.migrations);
    const transport = new ReplayTransport({ reader, partitions, log: logger });
    const shared = {
      settings,
      logger,
      transport,
      clock: Date.now,
      metrics: new Metrics(),
      health: new Health(),
      hotStates: new LocalHotStates(Date.now),
    };
    const databases = new Map([[definition.name, database]]);
    const strategy = new EventStreamServer({ transport, databases });
    const app = await createApplication({ services: [{ definition, database }], shared, strategy });
    await app.init();
    await app.startAllMicroservices().finally(() => app.close());
    return transport.records;
  } finally {
    await database.close();
  }
}

/** Facts of a producer with a database of its own would be missing, and nothing would say so but the rows. */
async function refuseWithoutHistory({ name, consumes }: ServiceDefinition, reader: Database): Promise<void> {
  const here = await schemasWithLog(reader, [...new Set(consumes.map(({ producer }) => producer))]);
  const missing = consumes.filter(({ producer }) => !here.includes(producer));
  if (missing.length === 0) return;
  throw new StartRefusal(
    `The history of ${missing.map((topic) => topic.name).join(', ')} is not in this database: it is kept by ` +
      `${[...new Set(missing.map(({ producer }) => producer))].join(', ')}. ${name} can be replayed where all of it is in one PostgreSQL.`,
  );
}

function compare(
  reader: Database,
  schemas: readonly [string, string],
  { kept, decided }: Rebuilt,
): Promise<TableDifference[]> {
  return compareSchemas(reader, {
    schemas,
    without: [...ownTables, ...logTables, ...kept],
    part: decided ?? ((_table, row) => row),
  });
}
