import { createLogger } from '@baton/observability/logger';
import type { Database } from '@baton/persistence/sql';
import { type TestServer, testServer } from '@baton/testing/database';
import { eventually } from '@baton/testing/eventually';
import { type Relay, openRelay, throughRelay } from '@baton/testing/relay';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import { get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import type { ServiceDefinition } from '../src/define-service.js';
import type { Settings } from '../src/settings.js';
import { StartRefusal } from '../src/start-refusal.js';
import { type RunningServices, startServices } from '../src/start-services.js';
import { DATABASE } from '../src/tokens.js';
import { counting, noting } from './toy-services.js';

let server: TestServer;
let running: RunningServices | undefined;
beforeAll(async () => {
  server = await testServer();
}, 30_000);
afterEach(async () => {
  await running?.stop();
  running = undefined;
});
afterAll(() => server.drop());

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** The first toy service with a provider that is built by work of its own, as one that asks the database is. */
function building(work: (database: Database) => Promise<void>): ServiceDefinition {
  const provider = { provide: 'built', inject: [DATABASE], useFactory: work };
  return { ...noting, providers: [...noting.providers, provider] };
}

interface Start extends Partial<Settings> {
  readonly services?: readonly ServiceDefinition[];
}

/** A start that logs into a list. */
function start({ services = [noting, counting], ...over }: Start, signal?: AbortSignal) {
  const lines: string[] = [];
  const told = new EventEmitter();
  const settings: Settings = {
    port: 0,
    host: '127.0.0.1',
    home: '/nowhere',
    secret: 'the secret of a test, long enough',
    adminToken: 'the-admin-token-of-a-test',
    writeKey: 'the-write-key-of-a-test',
    logLevel: 'info',
    ...over,
  };
  const logger = createLogger({ level: 'info', to: { write: (line) => (lines.push(line), told.emit('line')) } });
  return {
    lines,
    async said(text: string) {
      while (!lines.join().includes(text)) await once(told, 'line');
    },
    started: startServices(services, { settings, logger, signal }),
  };
}

async function ask(url: string): Promise<{ status: number; body: string; retryAfter: string | undefined } | undefined> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode!, body, retryAfter: response.headers['retry-after'] }),
      );
    }).on('error', () => resolve(undefined));
  });
}

/** Asks again until the answer holds; a start that ends before fails. */
async function askUntil(started: Promise<unknown>, url: string, holds: (body: string) => boolean) {
  const ended = started.then(() => Promise.reject(new Error('The start did not wait')));
  for (;;) {
    const answer = await Promise.race([ask(url), ended]);
    if (answer && holds(answer.body)) return answer;
  }
}

describe('a start without its database', () => {
  let relay: Relay;
  beforeAll(async () => {
    relay = await openRelay(Number(new URL(server.url).port), { isUp: false });
  });
  afterAll(() => relay.cut());

  it('waits, says so on its port and in the log, and goes on when the database comes', async () => {
    const port = await freePort();
    const databaseUrl = throughRelay(server.url, relay);
    const { lines, started } = start({ port, databaseUrl });
    const base = `http://127.0.0.1:${port}`;
    const waiting = await askUntil(started, `${base}/health/ready`, (body) => body.includes('waits for'));
    expect(waiting.status).toBe(503);
    expect(waiting.body).toContain(`PostgreSQL at 127.0.0.1:${relay.port}`);
    expect(waiting.body).toContain('DATABASE_URL');
    expect(await ask(`${base}/health/live`)).toMatchObject({ status: 200 });
    expect(await ask(`${base}/api/toys/kim`)).toMatchObject({ status: 503, retryAfter: '1' });
    expect(lines.join()).toContain('waits for PostgreSQL');
    expect(lines.join() + waiting.body).not.toContain(decodeURIComponent(new URL(databaseUrl).password));
    await relay.restore();
    running = await started;
    expect(running.url).toBe(base);
    expect(await ask(`${base}/health/ready`)).toMatchObject({ status: 200 });
    await relay.cut();
  }, 30_000);

  it('waits for it also where the application is built', async () => {
    await relay.restore();
    let outages = 0;
    const services = [
      building(async (database) => {
        if ((outages += 1) === 1) await relay.cut();
        await database.query('select 1');
      }),
      counting,
    ];
    const { said, started } = start({ services, databaseUrl: throughRelay(server.url, relay) });
    await Promise.race([said('waits for PostgreSQL'), started]);
    await relay.restore();
    running = await started;
    expect(outages).toBe(2);
    expect(await ask(`${running.url}/health/ready`)).toMatchObject({ status: 200 });
    await running.stop();
    running = undefined;
    await relay.cut();
  }, 30_000);

  it('ends at once when it is told to stop', async () => {
    const stopping = new AbortController();
    const { started, said } = start({ databaseUrl: throughRelay(server.url, relay) }, stopping.signal);
    const ended = expect(started).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    await Promise.race([said('waits for'), started]);
    stopping.abort();
    await ended;
  }, 30_000);
});

describe('a start that fails', () => {
  it('leaves nothing open', async () => {
    const own = await testServer();
    const watching = await own.open('watching', [], { applicationName: 'watching', poolSize: 1 });
    const services = [building(() => Promise.reject(new Error('cannot be built'))), counting];
    await expect(start({ services, databaseUrl: own.url }).started).rejects.toThrow('cannot be built');
    const failed = performance.now();
    await eventually('all connections are closed', async () => {
      const left = await watching.query(
        `select from pg_stat_activity where datname = current_database() and application_name <> 'watching'`,
      );
      return left.length === 0;
    });
    // A pool that nobody closes lets go of its last connection by itself after ten seconds.
    expect(performance.now() - failed).toBeLessThan(9_000);
    await own.drop();
  });
});

describe('a start with wrong settings', () => {
  it('refuses wrong credentials in a sentence that names the setting and no password', async () => {
    const wrong = new URL(server.url);
    wrong.password = 'hunter2';
    const refusal = await start({ databaseUrl: wrong.href }).started.catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StartRefusal);
    expect((refusal as Error).message).toMatch(/refuses this process: .*; check DATABASE_URL/);
    expect((refusal as Error).message).not.toContain('hunter2');
  });

  it('refuses an unknown database', async () => {
    const wrong = new URL(server.url);
    wrong.pathname = '/nowhere';
    await expect(start({ databaseUrl: wrong.href }).started).rejects.toThrow(StartRefusal);
  });

  it('refuses a port in use before it touches the database', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    await expect(start({ port, databaseUrl: 'postgres://nobody@127.0.0.1:1/x' }).started).rejects.toThrow(
      /Port \d+ of 127\.0\.0\.1 is in use/,
    );
    holder.close();
  });
});

describe('a stop with a drain', () => {
  it('says that it is not ready while it still serves', async () => {
    running = await start({ databaseUrl: server.url }).started;
    const { url } = running;
    let isStopped = false;
    const stopped = running.stop(4_000).then(() => (isStopped = true));
    const [ready, live] = await Promise.all([ask(`${url}/health/ready`), ask(`${url}/health/live`)]);
    expect(ready).toMatchObject({ status: 503, body: expect.stringContaining('stopping') });
    expect(live).toMatchObject({ status: 200 });
    expect(isStopped).toBe(false);
    await stopped;
    expect(await ask(`${url}/health/live`)).toBeUndefined();
  }, 30_000);
});
