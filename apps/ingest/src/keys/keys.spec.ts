import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceDefinition } from '@baton/service-kit/define-service';
import { defineService } from '@baton/service-kit/define-service';
import type { Settings } from '@baton/service-kit/settings';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { randomBytes } from 'node:crypto';
import { ingest } from '../service.js';

interface Key {
  readonly id: string;
  readonly key: string;
  readonly hashPrefix: string;
  readonly revokedAt: string | null;
}

/** A process that serves only what every process does. */
const bystander: ServiceDefinition = defineService({
  name: 'connectors',
  consumes: [],
  publishes: [],
  migrations: [],
  controllers: [],
  providers: [],
});

function keysAcrossProcesses(kafka: () => Promise<Settings['kafka']>): void {
  let maker: TestRun;
  let door: TestRun;
  let other: TestRun;
  let aheadMs = 0;
  const clock = () => Date.now() + aheadMs;
  beforeAll(async () => {
    const connection = await kafka();
    maker = await runForTest([ingest], { settings: { kafka: connection }, clock });
    const settings = { kafka: connection, databaseUrl: maker.databaseUrl };
    [door, other] = await Promise.all([
      runForTest([ingest], { settings, clock }),
      runForTest([bystander], { settings, clock }),
    ]);
  }, 90_000);
  afterAll(async () => {
    await Promise.all([door.stop(), other.stop()]);
    await maker.stop();
  }, 60_000);

  async function make(body: object): Promise<Key> {
    const answer = await maker.request('POST', '/api/keys', body);
    expect(answer.status).toBe(201);
    return (await answer.json()) as Key;
  }

  const sessionWith = (key: string) =>
    fetch(`${other.url}/api/session`, { headers: { authorization: `Bearer ${key}` } });
  const track = (key: string, messageId: string) =>
    fetch(`${door.url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${key}:`)}` },
      body: JSON.stringify({ anonymousId: 'v', event: 'Opened', messageId }),
    });

  /** Asks again, each time five seconds later by the processes' clocks, which is when they look again. */
  async function untilStatus(ask: () => Promise<Response>, status: number): Promise<Response> {
    for (;;) {
      aheadMs += 5_000;
      const answer = await ask();
      if (answer.status === status) return answer;
    }
  }

  it('lets a secret key act in every process by its role until it is revoked', async () => {
    const { id, key } = await make({ kind: 'secret', name: 'CRM sync', role: 'crm' });
    const session = await untilStatus(() => sessionWith(key), 200);
    expect(await session.json()).toEqual({ role: 'crm', name: 'CRM sync' });
    const forbidden = await fetch(`${door.url}/api/keys`, { headers: { authorization: `Bearer ${key}` } });
    expect(forbidden.status).toBe(403);
    expect((await maker.request('DELETE', `/api/keys/${id}`)).status).toBe(200);
    await untilStatus(() => sessionWith(key), 401);
  }, 60_000);

  it('lets a write key in at another door, for its own source, until it is revoked', async () => {
    const { id, key } = await make({ kind: 'write', name: 'Shop', source: 'shop' });
    await untilStatus(() => track(key, 'with-a-made-key'), 200);
    expect((await sessionWith(key)).status).toBe(401);
    const other = await make({ kind: 'write', name: 'Docs', source: 'docs' });
    await untilStatus(() => track(other.key, 'with-a-made-key'), 200);
    await maker.request('DELETE', `/api/keys/${id}`);
    await untilStatus(() => track(key, 'after-the-end'), 401);
    expect((await track(other.key, 'still-good')).status).toBe(200);
  }, 60_000);
}

describe('keys of several processes on one database', () => keysAcrossProcesses(() => Promise.resolve(undefined)));

describeWithKafka('keys of several processes on Kafka', () =>
  keysAcrossProcesses(async () => ({
    brokers: await testKafkaBrokers(),
    prefix: `keys-${randomBytes(4).toString('hex')}.`,
  })),
);

describe('the list of keys', () => {
  let run: TestRun;
  beforeAll(async () => {
    run = await runForTest([ingest]);
  }, 60_000);
  afterAll(() => run.stop());

  it('shows how a hash begins, and never the key again', async () => {
    const made = (await (
      await run.request('POST', '/api/keys', { kind: 'secret', name: 'BI', role: 'viewer' })
    ).json()) as Key;
    const text = await (await run.request('GET', '/api/keys')).text();
    expect(JSON.parse(text)).toMatchObject({ items: [{ id: made.id, hashPrefix: made.hashPrefix, role: 'viewer' }] });
    expect(made.hashPrefix).toMatch(/^[0-9a-f]{12}$/);
    expect(text).not.toContain(made.key);
  });

  it('keeps a key that is revoked, once', async () => {
    const [{ id } = { id: '' }] = ((await (await run.request('GET', '/api/keys')).json()) as { items: Key[] }).items;
    const revoke = async () => ((await (await run.request('DELETE', `/api/keys/${id}`)).json()) as Key).revokedAt;
    const first = await revoke();
    expect(first).toMatch(/Z$/);
    expect(await revoke()).toBe(first);
    expect((await run.request('DELETE', '/api/keys/unknown')).status).toBe(404);
  });

  it.each([
    ['/body/source', { kind: 'write', name: 'x' }],
    ['/body/source', { kind: 'write', name: 'x', source: 'Not A Source' }],
    ['/body/role', { kind: 'write', name: 'x', source: 'x', role: 'admin' }],
    ['/body/role', { kind: 'secret', name: 'x' }],
    ['/body/role', { kind: 'secret', name: 'x', role: 'king' }],
    ['/body/source', { kind: 'secret', name: 'x', role: 'rep', source: 'x' }],
    ['/body/kind', { kind: 'public', name: 'x' }],
    ['/body/name', { kind: 'write', source: 'x' }],
  ])('refuses a bad %s', async (path, body) => {
    const answer = await run.request('POST', '/api/keys', body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { errors: { path: string }[] }).errors.map((error) => error.path)).toContain(path);
  });

  it('is for admins alone', async () => {
    expect((await fetch(`${run.url}/api/keys`)).status).toBe(401);
  });
});
