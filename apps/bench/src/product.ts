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

const main = fileURLToPath(new URL('../../all-in-one/dist/main.js', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The product in a process of its own on embedded defaults, with an empty home folder. */
export interface BenchedProduct {
  readonly url: string;
  readonly home: string;
  readonly writeKey: string;
  readonly adminToken: string;
  /** Resident memory of the process, bytes. */
  memory(): Promise<number>;
  /** CPU seconds used so far by the process. */
  cpuSeconds(): Promise<number>;
  /** Records that some service has still to read, summed over all. */
  lag(): Promise<number>;
  /** Resolves when every service has read everything. */
  drained(): Promise<void>;
  /** Stops it; `keep` leaves the home folder to look into. */
  stop(options?: { readonly keep?: boolean }): Promise<void>;
}

export async function startBenched(): Promise<BenchedProduct> {
  const home = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const child = spawn(process.execPath, [main], {
    cwd: root,
    env: { PATH: processEnvironment()['PATH'] ?? '', BATON_HOME: home, PORT: '0', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await readyUrl(child);
  const { writeKey, adminToken } = keptSecrets(home);
  const lag = () => readLag(url, adminToken!);
  return {
    url,
    home,
    writeKey: writeKey!,
    adminToken: adminToken!,
    lag,
    memory: async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    cpuSeconds: () => cpuSeconds(child.pid!),
    async drained() {
      for (let empty = 0; empty < 3; empty = (await lag()) === 0 ? empty + 1 : 0) await delay(20);
    },
    async stop({ keep = false } = {}) {
      child.kill('SIGTERM');
      await once(child, 'exit');
      if (!keep) await rm(home, { recursive: true, force: true });
    },
  };
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('The product ended before it was ready; its messages are above.')));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const url = /^ready (\S+)$/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
}

async function readLag(url: string, token: string): Promise<number> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('baton_consumer_lag{'));
  if (lines.length === 0) throw new Error('/metrics has no baton_consumer_lag');
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** User and system time in clock ticks of 10 ms, fields 14 and 15 of /proc/PID/stat (proc(5)). */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
