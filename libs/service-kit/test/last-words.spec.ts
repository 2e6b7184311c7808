import { type TestServer, testServer } from '@baton/testing/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('run-and-fail.mjs', import.meta.url));
const patience = 60_000;

/** Every line that a process says on its standard error output, as the log has it. */
const linesOf = (said: string) =>
  said
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as object);

describe('a process', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer();
  }, patience);
  afterAll(() => server.drop(), patience);

  function run(failure: string): ChildProcess {
    const env = {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      DATABASE_URL: server.url,
      BATON_SECRET: 'the secret of a test, long enough',
      BATON_ADMIN_TOKEN: 'the-admin-token-of-a-test',
      BATON_WRITE_KEY: 'the-write-key-of-a-test',
      BATON_DRAIN_SECONDS: '0',
    };
    return spawn(process.execPath, [script, failure], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  it.each([
    ['its start', 'starting', 'the start failed'],
    ['what nobody awaits', 'later', 'a fault that nobody handles ends this process'],
  ])(
    'that ends for a fault of %s says so in a line of the log, which shows nobody’s data',
    async (_what, failure, message) => {
      const child = run(failure);
      const [said, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit')]);
      expect(linesOf(said)).toEqual([
        expect.objectContaining({
          level: 'error',
          message,
          error: expect.objectContaining({ message: 'duplicate key', stack: expect.stringContaining('run-and-fail') }),
        }),
      ]);
      expect(said).not.toMatch(/kim@|Kim/);
      expect(code).toBe(1);
    },
    patience,
  );

  it(
    'logs what Node warns of',
    async () => {
      const child = run('warning');
      const said = text(child.stderr!);
      await once(child.stdout!, 'data');
      child.kill('SIGTERM');
      expect(linesOf(await said)).toEqual([
        expect.objectContaining({
          level: 'warn',
          message: 'Node warns',
          warning: expect.objectContaining({ type: 'MaxListenersExceededWarning', message: '11 listeners added' }),
        }),
      ]);
    },
    patience,
  );
});
