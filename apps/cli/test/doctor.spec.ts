import { type EmbeddedPostgres, startEmbeddedPostgres } from '@baton/persistence/embedded-postgres';
import type { Log } from '@baton/persistence/log';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { services } from '../src/services.js';

const baton = fileURLToPath(new URL('../bin/baton.mjs', import.meta.url));
const log: Log = { info: () => {}, warn: () => {}, error: () => {} };

describe('baton doctor', () => {
  let home: string;
  let postgres: EmbeddedPostgres;
  let run: TestRun;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'baton-doctor-'));
    await chmod(home, 0o755);
    postgres = await startEmbeddedPostgres({ home, log });
    run = await runForTest(services, { settings: { databaseUrl: postgres.url, logLevel: 'silent' } });
  }, 120_000);

  afterAll(async () => {
    await run?.stop();
    await postgres?.stop();
    await rm(home, { recursive: true, force: true });
  }, 60_000);

  function doctor(other: NodeJS.ProcessEnv = {}): Promise<{ code: number; out: string; err: string }> {
    const env = { PATH: process.env['PATH'], BATON_URL: run.url, BATON_ADMIN_TOKEN: run.settings.adminToken, ...other };
    return new Promise((resolve) => {
      execFile(process.execPath, [baton, 'doctor'], { cwd: tmpdir(), env }, (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), out, err }),
      );
    });
  }

  it('finds nothing wrong with a well instance', async () => {
    await run.settled();
    const { code, out } = await doctor();
    expect(out).not.toContain('✗');
    expect(out).toContain('✓ lag: 0 records wait to be read');
    expect(code).toBe(0);
  }, 60_000);

  it('says with a wrong token what can be said', async () => {
    const { code, out, err } = await doctor({ BATON_ADMIN_TOKEN: 'of another instance' });
    expect(out).toContain('✓ services: ready');
    expect(out).toContain('✗ admin token: answered 401');
    expect(out).toContain('✗ dead letters: cannot be listed: GET /api/dead-letters');
    expect(out).toContain('✗ lag: cannot be measured: GET /api/lag');
    expect(err).toMatch(/3 of 5 checks found something wrong/);
    expect(code).toBe(1);
  }, 60_000);

  it.each([
    ['/api/lag?service=scoring', 502, '✗ lag: cannot be measured: GET /api/lag?service=scoring answered 502', 1],
    ['/health/ready', 502, '✗ services: answered 502', 1],
  ])(
    'tells what an entrance has from what fails behind it: %s %d',
    async (path, status, finding, wrong) => {
      const entrance = createServer((request, response) => {
        if (request.url === path) response.writeHead(status).end('<html>');
        else pass(request, response);
      }).listen(0, '127.0.0.1');
      await once(entrance, 'listening');
      const { code, out } = await doctor({ BATON_URL: `http://127.0.0.1:${(entrance.address() as AddressInfo).port}` });
      entrance.close();
      expect(out).toContain(finding);
      expect(code).toBe(wrong);
    },
    60_000,
  );

  it('asks a process of each service behind an entrance, which only counts them', async () => {
    const counts = Object.fromEntries(services.map(({ name }) => [name, '1 ready']));
    const anHourAgo = new Date(Date.now() - 3_600_000).toUTCString();
    const said = (checks: object) => JSON.stringify({ status: 'ready', checks });
    const entrance = createServer((request, response) => {
      if (request.url === '/health/ready') response.end(said(counts));
      else if (request.url === '/health/ready?service=scoring')
        response.setHeader('date', anHourAgo).end(said({ kafka: 'degraded: no broker answers', topics: 'ok' }));
      else if (request.url === '/health/ready?service=routing')
        response.end(said({ kafka: 'ok', topics: 'degraded: 2 partitions stand still; the log says why' }));
      else if (request.url === '/metrics') response.writeHead(404).end();
      else if (request.url === '/api/lag?service=scoring')
        response.end(JSON.stringify({ items: [{ service: 'scoring', topic: 'lead.events', records: 12_000 }] }));
      else pass(request, response);
    }).listen(0, '127.0.0.1');
    await once(entrance, 'listening');
    const { code, out } = await doctor({ BATON_URL: `http://127.0.0.1:${(entrance.address() as AddressInfo).port}` });
    entrance.close();
    expect(out).toContain('✗ lag: 12000 records wait to be read\n');
    expect(out).toContain('✗ services: routing: topics degraded: 2 partitions stand still');
    expect(out).toContain('✗ kafka: scoring: degraded: no broker answers\n');
    expect(out).toMatch(/✗ clock: scoring: is 3\d\d\d s off/);
    expect(code).toBe(1);
  }, 60_000);

  function pass({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const { authorization } = headers;
    void fetch(run.url + url, authorization ? { headers: { authorization } } : {}).then(async (answer) => {
      const { date = '', 'content-type': type = '' } = Object.fromEntries(answer.headers);
      response.writeHead(answer.status, { date, 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()));
    });
  }

  it('says of an instance without its database what can be said', async () => {
    await postgres.stop();
    const { code, out, err } = await doctor();
    expect(out).toMatch(/✗ services: database of ingest /);
    expect(out).toContain('✓ admin token: accepted');
    expect(out).toContain('✗ lag: cannot be measured');
    expect(out).toContain('✗ dead letters: cannot be listed');
    expect(err).toMatch(/3 of 5 checks found something wrong/);
    expect(code).toBe(1);
  }, 60_000);
});
