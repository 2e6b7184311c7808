import { allRoutes } from '@baton/contracts/http/all-routes';
import { type ServiceName, services } from '@baton/contracts/topics';
import { describeWith } from '@baton/testing/requirements';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Entrance, haproxy, haproxyHint, startEntrance } from './entrance.js';

/** What the door serves beside its routes of the contract: other dialects, their short forms, the snippet. */
const dialects = [
  'POST /v1/t',
  'GET /v1/pixel/track',
  'GET /v1/projects/key/settings',
  'POST /beacon/v1/batch',
  'GET /pixel/v1/page',
  'POST /com.snowplowanalytics.snowplow/tp2',
  'GET /sourceConfig',
  'GET /sourceConfig/',
  'GET /i',
  'GET /ice.png',
  'GET /baton.js',
  'OPTIONS /v1/track',
];

const ofEach = allRoutes.filter(({ service }) => service !== 'every');
const isOfEach = (path: string) => /^\/api\/(dead-letters|lag)/.test(path);
const ofEvery = allRoutes.filter(
  ({ service, path }) => service === 'every' && !isOfEach(path) && !/^\/(health|metrics)/.test(path),
);

describeWith('the entrance', haproxy, haproxyHint, () => {
  const stubs = new Map<ServiceName, Server>();
  let entrance: Entrance;

  /** Answers every request with its own name. */
  async function stub(service: ServiceName): Promise<readonly [ServiceName, readonly number[]]> {
    const server = createServer((request, response) => {
      request.resume();
      response.setHeader('x-served-by', service).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stubs.set(service, server);
    return [service, [(server.address() as AddressInfo).port]];
  }

  beforeAll(async () => {
    entrance = await startEntrance(Object.fromEntries(await Promise.all(services.map(stub))));
    for (const service of services) await entrance.sees(service, 1);
  }, 60_000);
  afterAll(async () => {
    await entrance.stop();
    for (const server of stubs.values()) {
      server.closeAllConnections();
      server.close();
    }
  });

  const servedBy = async (method: string, path: string) =>
    (await fetch(entrance.url + path, { method })).headers.get('x-served-by');
  const filled = (path: string) => path.replaceAll(/\{\w+\}/g, 'a%2Fb-1');

  it.each(ofEach.map(({ service, method, path }) => [`${method} ${path}`, service]))(
    'leads %s to %s',
    async (call, to) => {
      const [method, path] = call.split(' ') as [string, string];
      expect(await servedBy(method, filled(path))).toBe(to);
    },
  );

  it.each(dialects)('leads %s to ingest', async (call) => {
    const [method, path] = call.split(' ') as [string, string];
    expect(await servedBy(method, path)).toBe('ingest');
  });

  it.each([...ofEvery.map(({ method, path }) => `${method} ${path}`), 'GET /', 'GET /leads/some-lead', 'GET /funnel'])(
    'leads %s to reporting, where the console is',
    async (call) => {
      const [method, path] = call.split(' ') as [string, string];
      expect(await servedBy(method, path)).toBe('reporting');
    },
  );

  it.each(services)('leads the dead letters of %s to it', async (service) => {
    expect(await servedBy('GET', `/api/dead-letters?service=${service}`)).toBe(service);
    expect(await servedBy('GET', `/api/dead-letters/${service}/lead.events%2F0%2F7`)).toBe(service);
    expect(await servedBy('POST', `/api/dead-letters/${service}/lead.events%2F0%2F7/replay`)).toBe(service);
  });

  it.each(services)('leads the question whether %s is ready, and what it lacks, to it', async (service) => {
    expect(await servedBy('GET', `/health/ready?service=${service}`)).toBe(service);
    expect(await servedBy('GET', '/health/ready')).toBeNull();
  });

  it.each(services)('leads the question how far behind %s is to it', async (service) => {
    expect(await servedBy('GET', `/api/lag?service=${service}`)).toBe(service);
  });

  it.each(['/api/dead-letters', '/api/lag'])('asks whose %s to list', async (path) => {
    const answer = await fetch(entrance.url + path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
  });

  it('keeps the measurements of single processes inside', async () => {
    expect((await fetch(`${entrance.url}/metrics`)).status).toBe(404);
  });

  describe('without a replica of some service', () => {
    beforeAll(async () => {
      const scoring = stubs.get('scoring')!;
      scoring.closeAllConnections();
      await new Promise((resolve) => scoring.close(resolve));
      await entrance.sees('scoring', 0);
    });

    it('says which one is missing, and that it lives', async () => {
      const ready = await fetch(`${entrance.url}/health/ready`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toMatchObject({
        status: 'unready',
        checks: { scoring: '0 ready', ingest: '1 ready' },
      });
      expect((await fetch(`${entrance.url}/health/live`)).status).toBe(200);
    });

    it('answers its calls with 503 and when to come back, and all others as before', async () => {
      const answer = await fetch(`${entrance.url}/api/dead-letters?service=scoring`);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
      expect(await servedBy('POST', '/v1/track')).toBe('ingest');
    });
  });
});
