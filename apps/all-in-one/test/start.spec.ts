import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const patience = 120_000;

/** Like a person's home: nobody else may enter, not even the user that the embedded database runs as when we are root. */
let home: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'baton-start-'));
  // The first start may build; the ones that are timed below must find everything done.
  const first = await start();
  await stop(first.child, 'SIGTERM');
}, 600_000);

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly lines: readonly string[];
  readonly tookMs: number;
}

/** Starts, as soon as the product of an earlier, killed starter has let go of the home. */
async function start(settings: Record<string, string> = {}): Promise<Started> {
  for (;;) {
    try {
      return await startOnce(settings);
    } catch (error) {
      if (!String(error).includes('Another process already runs')) throw error;
    }
  }
}

/** What `npm start` runs, with a home and a port of its own; resolves with the ready line. */
async function startOnce(settings: Record<string, string> = {}): Promise<Started> {
  const { child, lines } = launch(settings);
  const began = performance.now();
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('ready ')) resolve(line.slice('ready '.length));
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready:\n${lines.join('\n')}`)));
  });
  return { child, url, lines, tookMs: performance.now() - began };
}

function launch(settings: Record<string, string>): { child: ChildProcess; lines: string[] } {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(BATON_|NODE_OPTIONS$|DATABASE_URL$)/.test(name));
  const env = { ...Object.fromEntries(inherited), BATON_HOME: home, PORT: '0', ...settings };
  const child = spawn('node', ['tools/start.mjs'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  running.push(child);
  return { child, lines };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<{ code: number | null; tookMs: number }> {
  const began = performance.now();
  const ended = once(child, 'exit') as Promise<[number | null]>;
  child.kill(signal);
  const [code] = await ended;
  return { code, tookMs: performance.now() - began };
}

const adminToken = () =>
  (JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')) as { adminToken: string }).adminToken;
const admin = () => ({ authorization: `Bearer ${adminToken()}` });

describe('npm start', () => {
  it(
    'is ready within ten seconds when nothing has to be installed or built, and says so in its last line',
    async () => {
      const { url, lines, tookMs } = await start();
      expect(tookMs).toBeLessThan(10_000);
      expect(lines.filter((line) => !line.startsWith('{'))).toEqual([`ready ${url}`]);
      expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({ status: 'ready' });
    },
    patience,
  );

  it(
    'serves the console at its addresses, and a problem at every other',
    async () => {
      const { url } = await start();
      for (const page of ['/', '/leads/some-lead', '/funnel', '/start', '/sign-in']) {
        const response = await fetch(url + page);
        expect([page, response.status, response.headers.get('content-type')]).toEqual([
          page,
          200,
          'text/html; charset=utf-8',
        ]);
      }
      for (const path of ['/api/unknown', '/no/page', '/leads/a/b']) {
        const response = await fetch(url + path);
        expect([path, response.status, response.headers.get('content-type')]).toEqual([
          path,
          404,
          'application/problem+json; charset=utf-8',
        ]);
      }
    },
    patience,
  );

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops within ten seconds and exits with 0 on %s, and nothing listens afterwards',
    async (signal) => {
      const { child, url } = await start();
      const { code, tookMs } = await stop(child, signal);
      expect(code).toBe(0);
      expect(tookMs).toBeLessThan(10_000);
      await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    },
    patience,
  );

  it(
    'recovers by itself after it was killed: what was acknowledged is there',
    async () => {
      const before = await start();
      const event = { userId: 'kim', traits: { email: 'kim@acme.io' }, messageId: 'before-the-kill' };
      const writeKey = (JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')) as { writeKey: string }).writeKey;
      const taken = await fetch(`${before.url}/v1/identify`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${writeKey}:`)}` },
        body: JSON.stringify(event),
      });
      expect(taken.status).toBe(200);
      await stop(before.child, 'SIGKILL');
      const after = await start();
      expect(await emailsOf(after.url)).toContain('kim@acme.io');
    },
    patience,
  );

  it(
    'refuses a second process on the same home, in one sentence that says what to do',
    async () => {
      await start();
      await expect(startOnce()).rejects.toThrow(/Another process already runs on .*give this one another BATON_HOME/);
    },
    patience,
  );

  it(
    'refuses a port that is in use, in one sentence that says what to do',
    async () => {
      const { url } = await start();
      const other = mkdtempSync(join(tmpdir(), 'baton-start-'));
      const attempt = start({ BATON_HOME: other, PORT: new URL(url).port });
      await expect(attempt).rejects.toThrow(/Port \d+ of 127.0.0.1 is in use; .*PORT/);
      rmSync(other, { recursive: true, force: true });
    },
    patience,
  );

  it(
    'lists every fault of the configuration at once and exits with 1',
    async () => {
      const { child, lines } = launch({ PORT: 'http', BATON_HOUSE: 'x', LOG_LEVEL: 'loud' });
      const [code] = (await once(child, 'exit')) as [number];
      expect(code).toBe(1);
      expect(lines.filter((line) => line.startsWith('  - ')).map((line) => line.split(' ')[3])).toEqual([
        'BATON_HOUSE',
        'PORT',
        'LOG_LEVEL',
      ]);
    },
    patience,
  );

  it(
    'refuses a playbook that does not compile, with line, column and a sentence',
    async () => {
      const other = mkdtempSync(join(tmpdir(), 'baton-start-'));
      const playbook = join(other, 'broken.yaml');
      writeFileSync(playbook, 'playbook: broken\nversion: 1\nstages: [1]\n');
      await expect(start({ BATON_HOME: other, BATON_PLAYBOOK: playbook })).rejects.toThrow(/\d+:\d+/);
      rmSync(other, { recursive: true, force: true });
    },
    patience,
  );
});

async function emailsOf(url: string): Promise<readonly string[]> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const response = await fetch(`${url}/api/leads`, { headers: admin() });
    const { items } = (await response.json()) as { items: { email: string }[] };
    if (items.length > 0 || Date.now() > deadline) return items.map(({ email }) => email);
  }
}
