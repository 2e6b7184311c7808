import { processEnvironment } from '@baton/service-kit/settings';
import { keptSecrets } from '@baton/service-kit/secrets';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuSeconds, cpuSecondsBelow } from './cpu.js';

const main = fileURLToPath(new URL('../../all-in-one/dist/main.js', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The product at work, with an empty database. */
export interface BenchedProduct {
  /** Where events go. */
  readonly url: string;
  /** Where leads are asked for. */
  readonly apiUrl: string;
  readonly home: string;
  readonly writeKey: string;
  readonly adminToken: string;
  /** Resident memory of its processes, PostgreSQL and brokers aside, bytes. */
  memory(): Promise<number>;
  /** CPU seconds used so far by the same. */
  cpuSeconds(): Promise<number>;
  /** CPU seconds used so far by each part: its processes, PostgreSQL with all of its own, and the broker if it has one. */
  cpuByPart(): Promise<Readonly<Record<string, number>>>;
  /** Records that some service has still to read, summed over all. */
  lag(): Promise<number>;
  /** Resolves when every service has read everything. */
  drained(): Promise<void>;
  /** Stops it; `keep` leaves the home folder to look into. */
  stop(options?: { readonly keep?: boolean }): Promise<void>;
}

/** All services in one process on embedded defaults but for `settings`, with an empty home folder. */
export async function startBenched(settings: Readonly<Record<string, string>> = {}): Promise<BenchedProduct> {
  const home = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const child = spawn(process.execPath, [main], {
    cwd: root,
    env: { PATH: processEnvironment()['PATH'] ?? '', BATON_HOME: home, PORT: '0', LOG_LEVEL: 'warn', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await readyUrl(child);
  const { writeKey, adminToken } = keptSecrets(home);
  const lag = () => readLag(url, adminToken!);
  return {
    url,
    apiUrl: url,
    home,
    writeKey: writeKey!,
    adminToken: adminToken!,
    lag,
    memory: () => residentMemory(child.pid!),
    cpuSeconds: () => cpuSeconds(child.pid!),
    cpuByPart: async () => ({
      services: await cpuSeconds(child.pid!),
      PostgreSQL: await cpuSecondsBelow(child.pid!),
    }),
    drained: () => drained(lag),
    async stop({ keep = false } = {}) {
      child.kill('SIGTERM');
      await once(child, 'exit');
      if (!keep) await rm(home, { recursive: true, force: true });
    },
  };
}

/** Resident memory of a process, bytes. */
export async function residentMemory(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

/** Resolves when nothing has been left to read for a moment. While much is left it asks seldom: each answer costs every service. */
export async function drained(lag: () => Promise<number>): Promise<void> {
  for (let empty = 0, left = 0; empty < 3; empty = left === 0 ? empty + 1 : 0) {
    await delay(left > 1_000 ? 500 : 20);
    left = await lag();
  }
}

/** The address that a process says it is ready at; rejects when it ends before. */
export function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('The product ended before it was ready; its messages are above.')));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const url = /^ready (\S+)$/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
}

/** Records that the services of one process have still to read; infinitely many while it is too busy to count them. */
export async function readLag(url: string, token: string): Promise<number> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('baton_consumer_lag{'));
  if (lines.length === 0) return Infinity;
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
