import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';

/** A server of a test: it ends when this process ends, even by SIGKILL. */
export interface GuardedChild {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Resolves when it is gone, for whatever reason. */
  readonly ended: Promise<void>;
}

/**
 * Starts a program in a process group of its own, so that Ctrl-C reaches only this process, beside a watchdog that
 * ends it when this process is gone. Rejects when the program cannot be started.
 */
export async function spawnGuarded(
  program: string,
  parameters: readonly string[],
  options: SpawnOptions,
): Promise<GuardedChild> {
  const child = spawn(program, parameters, { ...options, detached: true });
  const ended = once(child, 'exit').then(() => undefined);
  ended.catch(() => undefined);
  await once(child, 'spawn');
  const pid = child.pid!;
  // Its end of the pipe closes with this process, however that ends.
  const watchdog = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -9 "$0"', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.once('exit', () => watchdog.kill('SIGKILL'));
  watchdog.unref();
  (watchdog.stdin as unknown as { unref(): void }).unref();
  return { process: child, pid, ended };
}
