import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics } from '@baton/contracts/topics';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@baton/persistence/embedded-postgres';
import type { Log } from '@baton/persistence/log';
import { openDatabase } from '@baton/persistence/open-database';
import { eventually } from '@baton/testing/eventually';
import { type Relay, openRelay, throughRelay } from '@baton/testing/relay';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingest } from '../service.js';

const log: Log = { info: () => {}, warn: () => {}, error: () => {} };
const portOf = (url: string) => Number(new URL(url).port);

let home: string;
let postgres: EmbeddedPostgres;
let relay: Relay;
let run: TestRun;
let aheadMs = 0;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'baton-outage-'));
  await chmod(home, 0o755);
  postgres = await startEmbeddedPostgres({ home, log });
  relay = await openRelay(portOf(postgres.url));
  run = await runForTest([ingest], {
    settings: { databaseUrl: throughRelay(postgres.url, relay), logLevel: 'silent' },
    clock: () => Date.now() + aheadMs,
  });
}, 120_000);
afterAll(async () => {
  await run.stop();
  await relay.cut();
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
}, 60_000);

const sessionWith = (key: string) => fetch(`${run.url}/api/session`, { headers: { authorization: `Bearer ${key}` } });
const call = (messageId: string) => ({ type: 'track', anonymousId: 'v', event: 'Opened', messageId });
const headers = (key: string) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` });

function track(messageId: string, key = run.settings.writeKey): Promise<Response> {
  return fetch(`${run.url}/v1/track`, { method: 'POST', headers: headers(key), body: JSON.stringify(call(messageId)) });
}

/** One request in each way that shows an image. */
function everyImage(name: string, writeKey = run.settings.writeKey): readonly Promise<Response>[] {
  const data = Buffer.from(JSON.stringify({ ...call(`${name}-pixel`), writeKey })).toString('base64url');
  return [
    fetch(`${run.url}/v1/pixel/track?data=${data}`),
    fetch(`${run.url}/pixel/v1/track?anonymousId=v&event=Opened&messageId=${name}-rudder&writeKey=${writeKey}`),
    fetch(`${run.url}/i?e=pv&eid=${name}-i&duid=d&aid=${writeKey}`),
  ];
}

/** One request in each way to bring an event in. */
function everyWay(name: string): readonly Promise<Response>[] {
  const { writeKey } = run.settings;
  const post = (path: string, body: string) =>
    fetch(run.url + path, { method: 'POST', redirect: 'manual', headers: headers(writeKey), body });
  return [
    track(`${name}-track`),
    track(`${name}-key`, 'a-key-that-only-the-database-could-know'),
    post('/v1/batch', JSON.stringify({ batch: [call(`${name}-batch`)] })),
    post('/v1/import', JSON.stringify({ batch: [call(`${name}-import`)] })),
    post('/v1/forms/demo', JSON.stringify({ email: `${name}@acme.io`, redirect: '/thanks' })),
    post(
      '/com.snowplowanalytics.snowplow/tp2',
      JSON.stringify({
        schema: 's',
        data: [{ e: 'pv', eid: name, duid: 'd', aid: writeKey, url: 'https://acme.io/' }],
      }),
    ),
    ...everyImage(name),
  ];
}

async function expectAllToComeBack(answers: readonly Promise<Response>[]): Promise<void> {
  for (const answer of await Promise.all(answers)) {
    expect([answer.url, [429, 503].includes(answer.status)]).toEqual([answer.url, true]);
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  }
}

async function stored(): Promise<readonly string[]> {
  const records = await readTopic(run.settings.databaseUrl!, topics.visitorEvents);
  return records.map(({ envelope }) => envelope.id.slice(envelope.id.indexOf(':') + 1));
}

describe('a door whose database', () => {
  it('is stopped answers 503 or 429 with Retry-After in every dialect, knows whom it knew, and takes the same events afterwards', async () => {
    expect((await track('before')).status).toBe(200);
    const made = await run.request('POST', '/api/keys', { kind: 'secret', name: 'BI', role: 'viewer' });
    const { key } = (await made.json()) as { key: string };
    expect((await sessionWith(key)).status).toBe(200);
    await postgres.stop();
    // Keys that were read a second ago are not asked for again.
    aheadMs += 2_000;
    await expectAllToComeBack(everyWay('down'));
    const images = [...everyImage('down'), ...everyImage('down', 'a-key-that-only-the-database-could-know')];
    await expectAllToComeBack(images);
    for (const image of await Promise.all(images)) expect(image.headers.get('content-type')).toBe('image/gif');
    aheadMs += 60_000;
    expect((await sessionWith(key)).status).toBe(200);
    expect((await sessionWith('a-key-that-only-the-database-could-know')).status).toBe(503);
    const ready = await fetch(`${run.url}/health/ready`);
    expect(ready.status).toBe(503);
    postgres = await startEmbeddedPostgres({ home, log });
    await relay.cut();
    await relay.restore(portOf(postgres.url));
    await eventually('the door takes events', async () => (await track('down-track')).status === 200);
    expect((await stored()).filter((id) => id === 'before' || id.startsWith('down'))).toEqual(['before', 'down-track']);
    await eventually('it is ready', async () => (await fetch(`${run.url}/health/ready`)).status === 200);
  }, 120_000);

  it('has a full disk answers the same, and never that it took what it did not', async () => {
    const database = await openDatabase({ url: postgres.url, schema: 'ingest', poolSize: 1 });
    await database.query(`create function full_disk() returns trigger language plpgsql as $$
      begin raise sqlstate '53100' using message = 'could not extend file: No space left on device'; end $$`);
    await database.query('create trigger full_disk before insert on outbox_segments execute function full_disk()');
    await expectAllToComeBack(everyWay('full').filter((_answer, way) => way !== 1));
    await database.query('drop trigger full_disk on outbox_segments');
    expect((await track('full-track')).status).toBe(200);
    expect((await stored()).filter((id) => id.startsWith('full'))).toEqual(['full-track']);
    await database.close();
  }, 60_000);
});
