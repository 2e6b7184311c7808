import { openDatabase } from '@baton/persistence/open-database';
import { postgresPrograms, postgresUser } from '@baton/persistence/postgres-programs';
import { freePorts } from '@baton/testing/free-ports';
import { type GuardedChild, spawnGuarded } from '@baton/testing/guarded-child';
import { execFile } from 'node:child_process';
import { chown, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A server that may die and comes back with the same data under the same address. */
export interface Killable {
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
}

const patienceMs = 60_000;
/** Only the machine could lose what the kernel has, and nobody kills that: so no fsync, but every commit reaches the kernel. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'on',
  max_connections: '400',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  log_min_messages: 'warning',
  jit: 'off',
};

/** A PostgreSQL of the attack's own below `folder`, which others must be able to enter; prepared, not yet started. */
export async function killablePostgres(folder: string): Promise<Killable> {
  const runAs = await postgresUser();
  const programs = await postgresPrograms(runAs, {
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  });
  const data = join(folder, 'postgres');
  await mkdir(data, { mode: 0o700 });
  if (runAs) await chown(data, runAs.uid, runAs.gid);
  await run(
    programs.initdb,
    [`--pgdata=${data}`, '--locale=C', '--encoding=UTF8', '--auth=trust', '--username=baton'],
    { ...runAs, cwd: '/' },
  );
  const [port] = await freePorts(1);
  const url = `postgres://baton@127.0.0.1:${port}/baton`;
  const logFile = join(folder, 'postgres.log');
  let child: GuardedChild | undefined;
  const spawn = async (): Promise<GuardedChild> => {
    const output = await open(logFile, 'a');
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = await spawnGuarded(programs.postgres, ['-D', data, '-p', String(port), ...flags], {
      ...runAs,
      cwd: '/',
      stdio: ['ignore', output.fd, output.fd],
    });
    await output.close();
    return server;
  };
  return {
    url,
    async start() {
      // Backends of a killed server may outlive it for a moment and keep the next one from starting.
      for (const until = Date.now() + patienceMs; ;) {
        child = await spawn();
        if (await accepts(url.replace(/\/baton$/, '/postgres'), child)) break;
        await child.ended;
        if (Date.now() > until)
          throw new Error(`PostgreSQL did not start:\n${(await readFile(logFile, 'utf8')).slice(-2_000)}`);
        await delay(100);
      }
    },
    async kill() {
      child?.process.kill('SIGKILL');
      await child?.ended;
    },
  };
}

/** True once it takes connections; false when it ended instead. */
async function accepts(url: string, server: GuardedChild): Promise<boolean> {
  while (server.process.exitCode === null && server.process.signalCode === null) {
    try {
      await createDatabase(url);
      return true;
    } catch {
      await delay(50);
    }
  }
  return false;
}

async function createDatabase(url: string): Promise<void> {
  const database = await openDatabase({ url, schema: 'public', poolSize: 1 });
  try {
    const known = await database.query(`select from pg_database where datname = 'baton'`);
    if (known.length === 0) await database.query('create database baton');
  } finally {
    await database.close();
  }
}
