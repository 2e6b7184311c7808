import type { KafkaConnection } from '@baton/messaging/kafka-connection';
import { type LogLevel, logLevels } from '@baton/observability/logger';
import type { TracingOptions } from '@baton/observability/tracing-options';
import { resolve } from 'node:path';
import { type Environment, EnvironmentReader } from './environment-reader.js';
import { readKafkaConnection } from './kafka-settings.js';
import { StartRefusal } from './start-refusal.js';
import { readTracing } from './tracing-settings.js';

/** The configuration of one process, read once at start. Design and defaults: the table in the README's configuration page. */
export interface Settings {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  /** Absolute path of the folder for the embedded PostgreSQL and generated secrets. */
  readonly home: string;
  /** Undefined: the embedded PostgreSQL. */
  readonly databaseUrl?: string;
  /** Undefined: PostgreSQL carries the topics. */
  readonly kafka?: KafkaConnection;
  /** Partitions of a log on PostgreSQL that is made now; undefined: 4. */
  readonly partitions?: number | undefined;
  /** Where traces go; undefined: nowhere, and nothing is traced. */
  readonly tracing?: TracingOptions;
  /** Undefined: what replicas would share is kept in each process. */
  readonly redisUrl?: string;
  /** Undefined: the `starter` preset, one team with one rep. */
  readonly playbookFile?: string;
  readonly rosterFile?: string;
  readonly secret: string;
  readonly adminToken: string;
  readonly writeKey: string;
  readonly logLevel: LogLevel;
  /** Origins to which a form post may send the browser on, besides the site it came from. */
  readonly formRedirects?: readonly string[];
  /** Events a second that each write key may send; undefined: no limit. */
  readonly rateLimit?: number;
  /** How long a process that was asked to stop says that it is not ready and still serves; default 0. */
  readonly drainSeconds?: number;
}

/** What the environment says; the three secrets may still have to be generated (embedded defaults). */
export type ConfiguredSettings = Omit<Settings, Secret> & Partial<Pick<Settings, Secret>>;
export type Secret = 'secret' | 'adminToken' | 'writeKey';

export interface SettingsDefaults {
  readonly port?: number;
}

const batonNames = [
  'BATON_HOME',
  'BATON_SECRET',
  'BATON_ADMIN_TOKEN',
  'BATON_WRITE_KEY',
  'BATON_PLAYBOOK',
  'BATON_ROSTER',
  'BATON_URL',
  'BATON_FORM_REDIRECTS',
  'BATON_PARTITIONS',
  'BATON_RATE_LIMIT',
  'BATON_DRAIN_SECONDS',
];

const spread = { least: 1, most: 64, meaning: 'partitions of a topic on PostgreSQL' };
const drain = { least: 0, most: 120, meaning: 'seconds' };
/** Where several processes share a database, somebody in front of them has to notice that one leaves. */
const sharedDrainSeconds = 2;
/** One process has one thread: further partitions would only cut its batches into smaller ones. */
const ownPartitions = 1;

/** The environment of this process; the one place that reads it. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Reads the configuration, or throws one `StartRefusal` that lists every fault at once and what to do about each. */
export function loadSettings(
  env: Environment = processEnvironment(),
  defaults: SettingsDefaults = {},
): ConfiguredSettings {
  const read = new EnvironmentReader(env);
  read.refuseUnknown('BATON_', batonNames);
  const kafka = readKafkaConnection(read);
  if (kafka) read.require('DATABASE_URL', 'with KAFKA_BROKERS; give a PostgreSQL that every replica can reach');
  const databaseUrl = read.url('DATABASE_URL', ['postgres:', 'postgresql:']);
  const requiredWith = kafka ? 'KAFKA_BROKERS' : databaseUrl && 'DATABASE_URL';
  const settings = {
    port: read.port('PORT', defaults.port ?? 8080),
    host: read.text('HOST') ?? '127.0.0.1',
    home: resolve(read.text('BATON_HOME') ?? '.baton'),
    databaseUrl,
    kafka,
    partitions: partitionsOf(read) ?? (databaseUrl === undefined ? ownPartitions : undefined),
    tracing: readTracing(read),
    redisUrl: read.url('REDIS_URL', ['redis:', 'rediss:']),
    playbookFile: read.file('BATON_PLAYBOOK'),
    rosterFile: read.file('BATON_ROSTER'),
    secret: read.secret('BATON_SECRET', { requiredWith, minLength: 32 }),
    adminToken: read.secret('BATON_ADMIN_TOKEN', { requiredWith, minLength: 16 }),
    writeKey: read.secret('BATON_WRITE_KEY', { requiredWith, minLength: 8 }),
    logLevel: read.choice('LOG_LEVEL', logLevels) ?? 'info',
    formRedirects: read.origins('BATON_FORM_REDIRECTS'),
    rateLimit: read.wholeNumber('BATON_RATE_LIMIT', {
      least: 1,
      most: 1_000_000,
      meaning: 'events a second and write key',
    }),
    drainSeconds:
      read.wholeNumber('BATON_DRAIN_SECONDS', drain) ?? (databaseUrl === undefined ? 0 : sharedDrainSeconds),
  };
  if (read.faults.length > 0) throw new StartRefusal('The configuration has faults:', read.faults);
  return settings;
}

function partitionsOf(read: EnvironmentReader): number | undefined {
  const partitions = read.wholeNumber('BATON_PARTITIONS', spread);
  if (partitions !== undefined && read.text('KAFKA_BROKERS') !== undefined)
    read.faults.push('BATON_PARTITIONS is for topics on PostgreSQL; with KAFKA_BROKERS set KAFKA_PARTITIONS');
  return partitions;
}
