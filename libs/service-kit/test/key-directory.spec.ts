import { keyPublished } from '@baton/contracts/definitions';
import { topics } from '@baton/contracts/topics';
import { openEmbeddedLog } from '@baton/messaging/embedded-log';
import type { Transport } from '@baton/messaging/transport';
import { createLogger } from '@baton/observability/logger';
import type { Database } from '@baton/persistence/sql';
import { type TestServer, testServer } from '@baton/testing/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyDirectory } from '../src/key-directory.js';
import { holdingTopics } from './hold-topics-store.js';

const time = '2026-03-02T09:00:00.000Z';
let server: TestServer;
let transport: Transport;
let ingest: Database;

beforeAll(async () => {
  server = await testServer();
  transport = await openEmbeddedLog({ url: server.url, log: createLogger({ level: 'error' }), partitions: 1 });
  ingest = await server.open('ingest');
});
afterAll(async () => {
  await transport?.stop();
  await server?.drop();
});

async function publishKey(secret: string, revokedAt?: string): Promise<void> {
  const hash = createHash('sha256').update(secret).digest('hex');
  const data = { id: secret, kind: 'write', hash, name: secret, createdAt: time, ...(revokedAt && { revokedAt }) };
  const id = `${secret} ${revokedAt ?? ''}`;
  await transport.append('ingest', ingest, [
    { topic: topics.access, key: hash, type: keyPublished.type, id, time, data },
  ]);
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

describe('the keys of a process', () => {
  it('that are known do not wait for a topic that does not answer, and are refused when it does and says so', async () => {
    let now = 0;
    const keys = new KeyDirectory(transport, () => now);
    await publishKey('known');
    expect(await keys.find('known')).toMatchObject({ id: 'known' });
    await publishKey('known', time);
    await holdingTopics(server.url, async () => {
      now += 5_001;
      expect(await elapsed(async () => expect(await keys.find('known')).toMatchObject({ id: 'known' }))).toBeLessThan(
        1_000,
      );
      const later = await elapsed(async () => {
        for (let call = 0; call < 100; call++) expect(await keys.find('known')).toMatchObject({ id: 'known' });
      });
      expect(later).toBeLessThan(200);
    });
    for (; (await keys.find('known')) !== undefined; now += 5_001) await delay(5);
  });
});
