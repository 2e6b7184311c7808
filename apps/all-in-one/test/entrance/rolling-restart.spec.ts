import { type TestServer, testServer } from '@baton/testing/database';
import { freePorts } from '@baton/testing/free-ports';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { describeWith } from '@baton/testing/requirements';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceProcess, serviceProcess } from '../chaos/service-process.js';
import { type Entrance, haproxy, haproxyHint, startEntrance } from './entrance.js';
import { received } from './received-store.js';
import { traffic } from './traffic.js';

const writeKey = 'the-write-key-of-a-test';
const secrets = {
  BATON_SECRET: 'the secret of a test, long enough',
  BATON_ADMIN_TOKEN: 'the-admin-token-of-a-test',
  BATON_WRITE_KEY: writeKey,
};
const senders = 8;
const patience = 240_000;

function rollingRestart(transport: () => Promise<Record<string, string>>): void {
  let server: TestServer;
  let logFolder: string;
  let replicas: readonly ServiceProcess[];
  let entrance: Entrance;
  const died: string[] = [];

  beforeAll(async () => {
    server = await testServer();
    logFolder = await mkdtemp(join(tmpdir(), 'baton-rolling-'));
    const ports = await freePorts(2);
    const environment = { DATABASE_URL: server.url, ...secrets, ...(await transport()) };
    replicas = ports.map((port) =>
      serviceProcess({
        service: 'ingest',
        port,
        environment,
        logFolder,
        died: (code) => void died.push(`a replica ended by itself with ${code}; see ${logFolder}`),
      }),
    );
    entrance = await startEntrance({ ingest: ports });
    for (const replica of replicas) {
      await replica.start();
      expect(await replica.ready(60_000)).toBe(true);
    }
    await entrance.sees('ingest', 2);
  }, patience);
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.kill()));
    await entrance.stop();
    await server.drop();
    await rm(logFolder, { recursive: true, force: true });
  }, patience);

  it(
    'fails no request and loses no event while each replica is replaced in turn',
    async () => {
      const { sent, failures, end } = traffic(senders, (messageId, sender) =>
        fetch(`${entrance.url}/v1/track`, {
          method: 'POST',
          headers: { authorization: `Basic ${btoa(`${writeKey}:`)}` },
          body: JSON.stringify({ anonymousId: `visitor-${sender}`, event: 'Opened', messageId }),
        }),
      );
      for (const replica of replicas) {
        const before = sent.length;
        expect(await replica.leave()).toBe(0);
        await replica.start();
        expect(await replica.ready(60_000)).toBe(true);
        await entrance.sees('ingest', 2);
        expect(sent.length).toBeGreaterThan(before + 100);
      }
      await end();
      expect(failures).toEqual([]);
      expect(died).toEqual([]);
      const ids = sent.map((messageId) => `default:${messageId}`);
      let counts = await received(server.url, ids);
      while (counts.events < sent.length) counts = await received(server.url, ids);
      expect(counts).toEqual({ events: sent.length, rows: sent.length });
    },
    patience,
  );
}

describeWith('a rolling restart on one PostgreSQL', haproxy, haproxyHint, () =>
  rollingRestart(() => Promise.resolve({})),
);

describeWith('a rolling restart on Kafka', haproxy, haproxyHint, () =>
  describeWithKafka('with a broker', () =>
    rollingRestart(async () => ({
      KAFKA_BROKERS: (await testKafkaBrokers()).join(','),
      KAFKA_TOPIC_PREFIX: `rolling-${randomBytes(4).toString('hex')}.`,
    })),
  ),
);
