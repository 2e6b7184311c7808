import { reporting } from '@baton/reporting/service';
import { scoring } from '@baton/scoring/service';
import { createLogger } from '@baton/observability/logger';
import { adoptReplay, replayService } from '@baton/service-kit/replay-service';
import { type RunningServices, startServices } from '@baton/service-kit/start-services';
import { type TestServer, testServer } from '@baton/testing/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tmpdir } from 'node:os';
import { services } from '../src/services.js';
import { spoilOneRow } from './age-log-store.js';

const logger = createLogger({ level: 'error' });

describe('a replayed read model in the place of a spoilt one', () => {
  let server: TestServer;
  let running: RunningServices | undefined;

  beforeAll(async () => {
    server = await testServer();
    running = await startServices(services, { settings: settings(), logger });
    await identify('ann');
    await identify('bob');
  }, 60_000);

  afterAll(async () => {
    await running?.stop();
    await server?.drop();
  });

  function settings() {
    return {
      port: 0,
      host: '127.0.0.1',
      home: tmpdir(),
      databaseUrl: server.url,
      secret: 'the secret of a test, long enough',
      adminToken: 'the-admin-token-of-a-test',
      writeKey: 'the-write-key-of-a-test',
      logLevel: 'error' as const,
    };
  }

  const call = (method: string, path: string, body?: object) =>
    fetch(`${running?.url}${path}`, {
      method,
      headers: { authorization: 'Bearer the-admin-token-of-a-test', 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });

  /** Sends somebody and waits until reporting shows them. */
  async function identify(name: string): Promise<void> {
    const traits = { email: `${name}@acme.example`, company: { name: 'Acme' } };
    expect((await call('POST', '/v1/identify', { userId: name, traits })).status).toBe(200);
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) if ((await companies())[name] === 'Acme') return;
    throw new Error(`${name} did not come`);
  }

  async function companies(): Promise<Record<string, string | null>> {
    const { items } = (await (await call('GET', '/api/leads')).json()) as {
      items: { email: string; company: string | null }[];
    };
    return Object.fromEntries(items.map(({ email, company }) => [email.split('@')[0], company]));
  }

  const replay = { into: 'reporting_anew', logger };

  it('is refused while the service runs', async () => {
    await replayService(reporting, { ...replay, settings: settings() });
    await expect(adoptReplay(reporting, { ...replay, settings: settings() })).rejects.toThrow('stop the service first');
  }, 30_000);

  it('is refused where the tables also say what was published', async () => {
    await expect(adoptReplay(scoring, { ...replay, settings: settings() })).rejects.toThrow('cannot take their place');
  });

  it('goes on where the replay ended, with its numbers as they were', async () => {
    await spoilOneRow(server.url);
    expect(Object.values(await companies())).toContain('spoilt');
    await running?.stop();
    await replayService(reporting, { ...replay, settings: settings() });
    await adoptReplay(reporting, { ...replay, settings: settings() });
    running = await startServices(services, { settings: settings(), logger });
    expect(await companies()).toEqual({ ann: 'Acme', bob: 'Acme' });
    await identify('cleo');
    expect(running.transport.stalls()).toEqual([]);
    const funnel = (await (await call('GET', '/api/reports/funnel')).json()) as { visitors: number };
    expect(funnel.visitors).toBe(3);
  }, 60_000);
});
