import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The built product as a process of its own, as `npm start` runs it. */
export interface Product {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it without warning; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the product and resolves when it is ready; rejects with what it wrote when it ends before. */
export async function startProduct(environment: Record<string, string>): Promise<Product> {
  const child = launchProduct(environment);
  const said: string[] = [];
  child.stderr!.on('data', (data: Buffer) => said.push(data.toString()));
  const ended = once(child, 'exit');
  const url = await Promise.race([readyUrl(child, said), ended.then(() => null)]);
  if (url === null) throw new Error(`The product ended before it was ready:\n${said.join('')}`);
  return {
    url,
    process: child,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      return child.exitCode;
    },
  };
}

/** Begins a start, whatever comes of it. */
export function launchProduct(environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [main], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function readyUrl(child: ChildProcess, said: string[]): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      said.push(`${line}\n`);
      const url = /^ready (\S+)$/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
}
