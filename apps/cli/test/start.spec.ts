import { type TestServer, testServer } from '@baton/testing/database';
import { eventually } from '@baton/testing/eventually';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const throughNpx = ['--no', 'baton', 'start', 'scoring'];
const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('baton start through npx', () => {
  let server: TestServer;
  let npx: ChildProcess | undefined;

  beforeAll(async () => {
    server = await testServer();
  });
  afterEach(() => {
    // The whole group: what outlives a test that fails ends here.
    if (npx?.pid) killGroup(npx.pid);
  });
  afterAll(() => server.drop());

  /** Resolves when the service is ready, with the end of everything that writes where npx does: npx and what it started. */
  async function start(): Promise<{ npx: ChildProcess; url: string; ended: Promise<string[]> }> {
    npx = spawn('npx', throughNpx, {
      cwd: root,
      detached: true,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        DATABASE_URL: server.url,
        BATON_SECRET: 'the secret of a test, long enough',
        BATON_ADMIN_TOKEN: 'the-admin-token-of-a-test',
        BATON_WRITE_KEY: 'the-write-key-of-a-test',
        LOG_LEVEL: 'warn',
        BATON_DRAIN_SECONDS: '1',
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    createInterface({ input: npx.stderr! }).on('line', (line) => said.push(line));
    const ended = once(npx, 'close').then(() => said);
    const url = await Promise.race([readyUrl(npx), ended.then(() => null)]);
    if (url === null) throw new Error(`It ended before it was ready:\n${said.join('\n')}`);
    return { npx, url, ended };
  }

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'stops well when npx alone gets %s',
    async (signal) => {
      const { npx, url, ended } = await start();
      const isReady = async () => (await fetch(`${url}/health/ready`)).ok;
      expect(await isReady()).toBe(true);
      npx.kill(signal);
      await eventually('it says that it leaves', async () => !(await isReady()));
      const late = once(AbortSignal.timeout(10_000), 'abort').then(() => ['still there after ten seconds']);
      expect(await Promise.race([ended, late])).toEqual([]);
      await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    },
    120_000,
  );
});

function readyUrl({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: stdout! }).on('line', (line) => {
      const url = /^ready (\S+)$/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    return;
  }
}
