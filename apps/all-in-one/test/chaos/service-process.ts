import type { ServiceName } from '@baton/contracts/topics';
import { type GuardedChild, spawnGuarded } from '@baton/testing/guarded-child';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const cli = join(root, 'apps/cli/dist/main.js');

/** One replica of one service, a process of its own on a port of its own. */
export interface ServiceProcess {
  readonly service: ServiceName;
  readonly url: string;
  readonly isRunning: boolean;
  /** It stands still, by SIGSTOP. */
  readonly isFrozen: boolean;
  /** Resolves as soon as the process exists, which may be one that runs already; `ready` tells when it works. */
  start(): Promise<void>;
  /** True once it answers that it is ready, false after `patienceMs`. */
  ready(patienceMs: number): Promise<boolean>;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Asks it to leave; answers its exit code, null when it had to be killed. */
  leave(): Promise<number | null>;
}

export interface ServiceProcessOptions {
  readonly service: ServiceName;
  /** What `baton start` is told to start; by default this service. Nothing: all of them. */
  readonly starts?: readonly ServiceName[];
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFolder: string;
  /** Told when it ends although nobody ended it. */
  readonly died: (code: number | null, signal: string | null) => void;
}

/** What a stop may take. */
const leaveMs = 10_000;

export function serviceProcess(options: ServiceProcessOptions): ServiceProcess {
  return new Replica(options);
}

class Replica implements ServiceProcess {
  readonly service: ServiceName;
  readonly url: string;
  isFrozen = false;
  private child: GuardedChild | undefined;
  private starting: Promise<void> | undefined;
  private readonly wanted = new Set<GuardedChild>();

  constructor(private readonly options: ServiceProcessOptions) {
    this.service = options.service;
    this.url = `http://127.0.0.1:${options.port}`;
  }

  get isRunning(): boolean {
    return this.child !== undefined;
  }

  async start(): Promise<void> {
    this.starting ??= this.spawn().finally(() => (this.starting = undefined));
    await this.starting;
  }

  private async spawn(): Promise<void> {
    if (this.child) return;
    const { service, starts = [service], port, environment, logFolder, died } = this.options;
    const output = await open(join(logFolder, `${service}-${port}.log`), 'a');
    const child = await spawnGuarded(process.execPath, [cli, 'start', ...starts], {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'warn', ...environment, PORT: String(port) },
      stdio: ['ignore', output.fd, output.fd],
    });
    await output.close();
    this.child = child;
    void child.ended.then(() => {
      if (this.child === child) this.child = undefined;
      if (!this.wanted.delete(child)) died(child.process.exitCode, child.process.signalCode);
    });
  }

  async ready(patienceMs: number): Promise<boolean> {
    const until = Date.now() + patienceMs;
    while (Date.now() < until && this.isRunning) {
      const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(1_000) }).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok) return true;
      await new Promise((again) => setTimeout(again, 50));
    }
    return false;
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  freeze(): void {
    if (!this.child) return;
    this.isFrozen = true;
    this.child.process.kill('SIGSTOP');
  }

  thaw(): void {
    this.isFrozen = false;
    this.child?.process.kill('SIGCONT');
  }

  async leave(): Promise<number | null> {
    const child = this.child;
    if (!child) return 0;
    const late = setTimeout(() => child.process.kill('SIGKILL'), leaveMs);
    await this.end('SIGTERM');
    clearTimeout(late);
    return child.process.exitCode;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    await this.starting;
    const child = this.child;
    if (!child) return;
    this.wanted.add(child);
    child.process.kill(signal);
    await child.ended;
    this.isFrozen = false;
  }
}
