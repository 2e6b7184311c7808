import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Log } from './log.js';

const run = promisify(execFile);

/** The session that says "a living Baton owns this server"; it ends with the process, however that ends. */
export const keeperName = 'baton keeper';

/**
 * Makes a data folder free: a server left behind by a killed process is shut down, a stale pid file removed.
 * Rejects when a living Baton is using the server.
 */
export async function endOrphan(dataFolder: string, urlAt: (port: number) => string, log: Log): Promise<void> {
  const pidFile = join(dataFolder, 'postmaster.pid');
  const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!pid) return;
  if (await isServerOf(pid, dataFolder)) {
    await refuseWhenOwned(urlAt(Number(lines[3])), dataFolder);
    log.warn('Ending the PostgreSQL that an earlier run left behind', { pid });
    await endServer(pid, dataFolder);
  }
  await rm(pidFile, { force: true });
}

/** Shuts a server down: quickly and cleanly at first, after eight seconds without a last checkpoint (it then recovers at its next start). */
export async function endServer(pid: number, dataFolder: string): Promise<void> {
  signal(pid, 'SIGINT');
  if (await ended(pid, dataFolder, 8_000)) return;
  signal(pid, 'SIGQUIT');
  if (await ended(pid, dataFolder, 2_000)) return;
  signal(pid, 'SIGKILL');
  await ended(pid, dataFolder, 2_000);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended in the meantime.
  }
}

async function ended(pid: number, dataFolder: string, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (await isServerOf(pid, dataFolder)) {
    if (Date.now() > until) return false;
    await delay(20);
  }
  return true;
}

/** A pid may have been given to another program since, and a dead child may wait to be reaped: the command line tells. */
async function isServerOf(pid: number, dataFolder: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const command =
    platform() === 'linux'
      ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      : (await run('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({ stdout: '' }))).stdout;
  return command.includes(dataFolder);
}

/** The kernel closes a killed owner's session at once, the server may take a moment to notice: hence the patience. */
async function refuseWhenOwned(url: string, dataFolder: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch {
    return;
  }
  try {
    const until = Date.now() + 2_000;
    for (;;) {
      const { rows } = await client.query<{ name: string }>(
        `select application_name as name from pg_stat_activity where application_name like $1`,
        [`${keeperName}%`],
      );
      if (rows.length === 0) return;
      if (Date.now() > until)
        throw new Error(
          `Another Baton (${rows[0]?.name}) is using ${dataFolder}: stop it, or set BATON_HOME to another folder`,
        );
      await delay(50);
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}
