import { startKafkaCluster } from '@baton/testing/kafka-cluster';
import { redisProgram, startRedis } from '@baton/testing/redis';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chanceFrom } from './chance.js';
import { Faults } from './faults.js';
import { Fleet } from './fleet.js';
import { killablePostgres } from './killable-postgres.js';
import type { AttackOptions } from './options.js';
import { poisonThroughBrokers, poisonThroughOutbox } from './poison.js';
import { fromBrokers, fromTables, type Read } from './recorded.js';
import { settle } from './settle.js';
import { unreliableReceiver, type UnreliableReceiver } from './unreliable-receiver.js';
import { Workload } from './workload.js';

const poisonAtOnce = 3;
export const playbookFile = fileURLToPath(new URL('playbook.yaml', import.meta.url));
export const rosterFile = fileURLToPath(new URL('roster.yaml', import.meta.url));

/** What stands when the attack is over: nothing runs but the database and the brokers. */
export interface Attacked {
  readonly databaseUrl: string;
  readonly workload: Workload;
  readonly faults: Faults;
  readonly fleet: Fleet;
  readonly receiver: UnreliableReceiver;
  readonly read: Read;
  /** Logs of all processes, and the data of PostgreSQL and Kafka. */
  readonly folder: string;
  /** How long its parts lasted. */
  readonly seconds: Readonly<Record<string, number>>;
  end(options: { readonly keep: boolean }): Promise<void>;
}

/** Starts everything, lets workload and faults loose on each other for the time given, and lets it come to rest. */
export async function attack(options: AttackOptions): Promise<Attacked> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-chaos-'));
  await chmod(folder, 0o755);
  const seconds: Record<string, number> = {};
  let since = Date.now();
  const lap = (name: string): void => {
    seconds[name] = Math.round((Date.now() - since) / 1_000);
    since = Date.now();
  };
  const parts = await startParts(folder, options);
  const { fleet, workload, faults, postgres, receiver } = parts;
  try {
    await fleet.start();
    await connectReceiver(fleet, receiver.url);
    lap('starting');
    workload.start();
    faults.start();
    await delay(options.minutes * 60_000);
    await faults.end();
    lap('attack');
    await workload.stop();
    lap('last events');
    await settle(fleet, postgres.url);
    lap('coming to rest');
  } catch (error) {
    await fleet.stop();
    await parts.end();
    throw new Error(`The attack came to no end; the logs are in ${folder}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  await fleet.stop();
  const end = async ({ keep }: { readonly keep: boolean }): Promise<void> => {
    await parts.end();
    if (!keep) await rm(folder, { recursive: true, force: true });
  };
  return { databaseUrl: postgres.url, workload, faults, fleet, receiver, read: parts.read, folder, seconds, end };
}

async function startParts(folder: string, { seed, transport }: AttackOptions) {
  const chance = chanceFrom(seed);
  const logFolder = join(folder, 'logs');
  await mkdir(logFolder);
  const postgres = await killablePostgres(folder);
  await postgres.start();
  const kafka = transport === 'kafka' ? await startKafkaCluster({ nodes: 3, folder: join(folder, 'kafka') }) : null;
  const redis = transport === 'kafka' && redisProgram() ? await startRedis() : null;
  const receiver = await unreliableReceiver(chance.branch());
  const secrets = {
    secret: randomBytes(32).toString('hex'),
    adminToken: randomBytes(16).toString('hex'),
    writeKey: randomBytes(8).toString('hex'),
  };
  const environment = {
    DATABASE_URL: postgres.url,
    BATON_SECRET: secrets.secret,
    BATON_ADMIN_TOKEN: secrets.adminToken,
    BATON_WRITE_KEY: secrets.writeKey,
    BATON_PLAYBOOK: playbookFile,
    BATON_ROSTER: rosterFile,
    ...(kafka ? { KAFKA_BROKERS: kafka.brokers.join(',') } : {}),
    ...(redis ? { REDIS_URL: redis.url } : {}),
  };
  const fleet = new Fleet({ environment, adminToken: secrets.adminToken, logFolder, chance: chance.branch() });
  const { writeKey, adminToken: secretKey } = secrets;
  const workload = new Workload({ fleet, chance: chance.branch(), writeKey, secretKey });
  const poison = kafka
    ? poisonThroughBrokers(kafka.brokers, poisonAtOnce)
    : poisonThroughOutbox(postgres.url, poisonAtOnce);
  const faults = new Faults({ fleet, postgres, redis, kafka, receiver, poison }, chance.branch());
  const read = kafka ? fromBrokers(kafka.brokers) : fromTables(postgres.url);
  const end = async (): Promise<void> => {
    await receiver.close();
    await kafka?.stop();
    await redis?.kill();
    await postgres.kill();
  };
  return { fleet, workload, faults, postgres, receiver, read, end };
}

async function connectReceiver(fleet: Fleet, url: string): Promise<void> {
  const body = JSON.stringify({ kind: 'webhook', name: 'attack', url, allowPrivate: true });
  const response = await fleet.request('connectors', '/api/connectors', { method: 'POST', body });
  if (!response.ok) throw new Error(`No connector was made: ${await response.text()}`);
}
