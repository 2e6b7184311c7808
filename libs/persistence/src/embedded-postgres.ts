import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Log } from './log.js';
import { endOrphan, endServer, keeperName } from './postgres-orphan.js';
import {
  type PostgresPrograms,
  type PostgresUser,
  canEnter,
  postgresPrograms,
  postgresUser,
  reachableFolder,
} from './postgres-programs.js';

const run = promisify(execFile);
const user = 'baton';

export interface EmbeddedPostgresOptions {
  /** Keeps the password and, where PostgreSQL's user may enter it, the data; created when missing. */
  readonly home: string;
  readonly log: Log;
  /** Server settings over the fixed ones below. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** Of the database `baton`, on 127.0.0.1 alone, with a generated password. */
  readonly url: string;
  /** The same through a socket in the data folder, which costs less than the loopback interface; `url` where there is none. */
  readonly socketUrl: string;
  readonly dataFolder: string;
  /** Ends the server cleanly, within ten seconds. */
  stop(): Promise<void>;
}

/** Sized for two cores beside the services; durability is never traded for speed. */
const fixedSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  max_connections: '250',
  shared_buffers: '256MB',
  synchronous_commit: 'on',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  autovacuum_naptime: '10s',
  // Everything is looked up by key, so a coarse picture of the values will do: making a fine one every few seconds costs more.
  default_statistics_target: '25',
  update_process_title: 'off',
  random_page_cost: '1.1',
  log_min_messages: 'warning',
  jit: 'off',
};

/**
 * Starts a PostgreSQL of this installation's own on a free port; needs no network, no rights and no configuration.
 * As root the server runs as the user `postgres`. When that user cannot enter `home`, the data go to a folder below
 * /var/tmp, and the log says which. A server left behind by a killed process is ended first.
 * Rejects with the server's own words when it does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log } = options;
  const home = resolve(options.home);
  await mkdir(home, { recursive: true });
  const runAs = await postgresUser();
  const programs = await postgresPrograms(runAs, log);
  const password = await passwordIn(home);
  const folder = canEnter(home, runAs) ? home : await folderOutside(home, password, log);
  const dataFolder = join(folder, 'postgres');
  const urlAt = (port: number) => `postgres://${user}:${password}@127.0.0.1:${port}/baton`;
  await endOrphan(dataFolder, urlAt, log);
  await initialise({ dataFolder, password, programs, runAs });
  const port = await freePort();
  const server = await spawnServer({
    dataFolder,
    programs,
    runAs,
    port,
    settings: {
      ...fixedSettings,
      unix_socket_directories: hasSocket(dataFolder) ? dataFolder : '',
      ...options.settings,
    },
  });
  const keeper = await connectKeeper(urlAt(port), server);
  const mourn = (): void =>
    log.error('The embedded PostgreSQL ended by itself: start Baton again', { itsLog: server.logFile });
  server.child.once('exit', mourn);
  return {
    url: urlAt(port),
    socketUrl: hasSocket(dataFolder) ? `${urlAt(port)}?host=${encodeURIComponent(dataFolder)}` : urlAt(port),
    dataFolder,
    stop() {
      server.child.off('exit', mourn);
      return stop(server, keeper, dataFolder);
    },
  };
}

/** Linux takes 107 bytes for the path of a socket, macOS 103; the name in the folder has at most 17. */
function hasSocket(folder: string): boolean {
  return process.platform !== 'win32' && !folder.includes(',') && Buffer.byteLength(folder) <= 85;
}

/** Named by the home and its password: a home that was deleted and made anew does not find the old one's data. */
async function folderOutside(home: string, password: string, log: Log): Promise<string> {
  const folder = await reachableFolder(createHash('sha256').update(`${home} ${password}`).digest('hex').slice(0, 12));
  log.warn('PostgreSQL cannot enter the home folder, so its data are kept elsewhere', { home, folder });
  return folder;
}

async function passwordIn(home: string): Promise<string> {
  const file = join(home, 'postgres-password');
  try {
    return await readFile(file, 'utf8');
  } catch {
    const password = randomBytes(24).toString('hex');
    await writeFile(file, password, { mode: 0o600 });
    return password;
  }
}

interface Cluster {
  readonly dataFolder: string;
  readonly programs: PostgresPrograms;
  readonly runAs: PostgresUser | undefined;
}

/** Builds the cluster beside its place and moves it there, so that a killed attempt leaves nothing half done. */
async function initialise({ dataFolder, programs, runAs, password }: Cluster & { password: string }): Promise<void> {
  if (await stat(join(dataFolder, 'PG_VERSION')).catch(() => undefined)) return;
  const draft = `${dataFolder}.draft`;
  const passwordFile = `${dataFolder}.password`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (runAs) await Promise.all([draft, passwordFile].map((path) => chown(path, runAs.uid, runAs.gid)));
  const flags = [
    '--locale=C',
    '--encoding=UTF8',
    '--auth=scram-sha-256',
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
  ];
  try {
    await run(programs.initdb, [`--pgdata=${draft}`, ...flags], { ...runAs, cwd: '/' });
  } catch (cause) {
    throw new Error(
      `PostgreSQL could not prepare its folder ${dataFolder}: ${(cause as { stderr?: string }).stderr ?? ''}`,
      { cause },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, dataFolder);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening, failed) => probe.once('error', failed).listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}

interface Server {
  readonly child: ChildProcess;
  readonly logFile: string;
}

/**
 * A process group of its own, so that Ctrl-C reaches Baton alone, which ends the server after its last batch; a log in a
 * file, because a pipe would break when Baton is killed.
 */
async function spawnServer(
  start: Cluster & { port: number; settings: Readonly<Record<string, string>> },
): Promise<Server> {
  const logFile = `${start.dataFolder}.log`;
  const output = await open(logFile, 'w', 0o600);
  const settings = Object.entries(start.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(start.programs.postgres, ['-D', start.dataFolder, '-p', String(start.port), ...settings], {
    ...start.runAs,
    cwd: '/',
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
  });
  child.on('error', () => undefined);
  await output.close();
  return { child, logFile };
}

async function connectKeeper(url: string, server: Server): Promise<pg.Client> {
  const admin = url.replace(/\/baton$/, '/postgres');
  const until = Date.now() + 60_000;
  for (;;) {
    const keeper = new pg.Client({
      connectionString: admin,
      application_name: `${keeperName}, process ${process.pid}`,
    });
    keeper.on('error', () => undefined);
    try {
      await keeper.connect();
      await createDatabase(keeper);
      return keeper;
    } catch (error) {
      await keeper.end().catch(() => undefined);
      const gone = server.child.exitCode !== null || server.child.pid === undefined;
      if (gone || Date.now() > until) throw await startFailure(server, error);
      await delay(20);
    }
  }
}

async function createDatabase(keeper: pg.Client): Promise<void> {
  const { rows } = await keeper.query(`select from pg_database where datname = 'baton'`);
  if (rows.length === 0) await keeper.query('create database baton');
}

async function startFailure(server: Server, cause: unknown): Promise<Error> {
  const words = await readFile(server.logFile, 'utf8').catch(() => '');
  server.child.kill('SIGQUIT');
  return new Error(`PostgreSQL did not start. It says:\n${words.trim() || '(nothing)'}`, { cause });
}

async function stop(server: Server, keeper: pg.Client, dataFolder: string): Promise<void> {
  await keeper.end().catch(() => undefined);
  if (server.child.pid !== undefined && server.child.exitCode === null) await endServer(server.child.pid, dataFolder);
}
