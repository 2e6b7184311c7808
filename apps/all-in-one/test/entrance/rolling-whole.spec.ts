import { services } from '@baton/contracts/topics';
import { type TestServer, testServer } from '@baton/testing/database';
import { eventually } from '@baton/testing/eventually';
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
import { received, told } from './received-store.js';
import { traffic } from './traffic.js';

const writeKey = 'the-write-key-of-a-test';
const adminToken = 'the-admin-token-of-a-test';
const senders = 2;
const readers = 1;
const patience = 240_000;

describeWith('a rolling restart of whole processes', haproxy, haproxyHint, () =>
  describeWithKafka('on Kafka', () => {
    let server: TestServer;
    let logFolder: string;
    let replicas: readonly ServiceProcess[];
    let entrance: Entrance;
    const died: string[] = [];

    beforeAll(async () => {
      server = await testServer();
      logFolder = await mkdtemp(join(tmpdir(), 'baton-rolling-'));
      const ports = await freePorts(2);
      const environment = {
        DATABASE_URL: server.url,
        KAFKA_BROKERS: (await testKafkaBrokers()).join(','),
        KAFKA_TOPIC_PREFIX: `whole-${randomBytes(4).toString('hex')}.`,
        BATON_SECRET: 'the secret of a test, long enough',
        BATON_ADMIN_TOKEN: adminToken,
        BATON_WRITE_KEY: writeKey,
      };
      replicas = ports.map((port) =>
        serviceProcess({
          service: 'ingest',
          starts: [],
          port,
          environment,
          logFolder,
          died: (code) => void died.push(`a replica ended by itself with ${code}; see ${logFolder}`),
        }),
      );
      entrance = await startEntrance(Object.fromEntries(services.map((service) => [service, ports])));
      await Promise.all(replicas.map((replica) => replica.start()));
      for (const replica of replicas) expect(await replica.ready(60_000)).toBe(true);
      for (const service of services) await entrance.sees(service, 2);
    }, patience);
    afterAll(async () => {
      await Promise.all(replicas.map((replica) => replica.kill()));
      await entrance.stop();
      await server.drop();
      await rm(logFolder, { recursive: true, force: true });
    }, patience);

    const send = (path: string, event: object) =>
      fetch(entrance.url + path, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${writeKey}:`)}` },
        body: JSON.stringify(event),
      });

    it(
      'fails no request, and what was sent is in the read model once, while each is replaced in turn',
      async () => {
        for (let sender = 0; sender < senders; sender += 1) {
          const traits = { email: `sender-${sender}@acme.example` };
          expect((await send('/v1/identify', { userId: `user-${sender}`, traits })).status).toBe(200);
        }
        const events = traffic(senders, (name, sender) =>
          send('/v1/track', { userId: `user-${sender}`, event: name, messageId: name }),
        );
        const queries = traffic(readers, () =>
          fetch(`${entrance.url}/api/leads`, { headers: { authorization: `Bearer ${adminToken}` } }),
        );
        for (const replica of replicas) {
          const before = events.sent.length;
          expect(await replica.leave()).toBe(0);
          await replica.start();
          expect(await replica.ready(60_000)).toBe(true);
          await entrance.sees('reporting', 2);
          expect(events.sent.length).toBeGreaterThan(before + 50);
        }
        await Promise.all([events.end(), queries.end()]);
        expect([...events.failures, ...queries.failures]).toEqual([]);
        expect(died).toEqual([]);
        await eventually(
          'the read model has all',
          async () => (await told(server.url, events.sent)) >= events.sent.length,
        );
        expect(await told(server.url, events.sent)).toBe(events.sent.length);
        const ids = events.sent.map((name) => `default:${name}`);
        expect(await received(server.url, ids)).toEqual({ events: ids.length, rows: ids.length });
      },
      patience,
    );
  }),
);
