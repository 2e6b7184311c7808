import { topics } from '@baton/contracts/topics';
import { kafkaClient } from '@baton/messaging/kafka-client';
import { reporting } from '@baton/reporting/service';
import { scoring } from '@baton/scoring/service';
import { createLogger } from '@baton/observability/logger';
import { adoptReplay, replayService } from '@baton/service-kit/replay-service';
import type { Settings } from '@baton/service-kit/settings';
import { type RunningServices, startServices } from '@baton/service-kit/start-services';
import { type TestServer, testServer } from '@baton/testing/database';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { settled } from '@baton/testing/run-service';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { services } from '../src/services.js';
import { spoilOneRow } from './age-log-store.js';

const logger = createLogger({ level: 'error' });
const patience = 120_000;

interface Carrier {
  readonly kafka: () => Promise<Settings['kafka']>;
  /** Takes from the topics what they would not have any more after their days of retention. */
  readonly expire: (kafka: Settings['kafka']) => Promise<void>;
}

function takesThePlace(carrier: Carrier): void {
  let server: TestServer;
  let kafka: Settings['kafka'];
  let running: RunningServices | undefined;

  beforeAll(async () => {
    [server, kafka] = await Promise.all([testServer(), carrier.kafka()]);
    running = await startServices(services, { settings: settings(), logger });
    await identify('ann');
    await identify('bob');
  }, patience);

  afterAll(async () => {
    await running?.stop();
    await server?.drop();
  }, patience);

  function settings() {
    return {
      port: 0,
      host: '127.0.0.1',
      home: tmpdir(),
      databaseUrl: server.url,
      kafka,
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

  it(
    'is refused while the service runs',
    async () => {
      await replayService(reporting, { ...replay, settings: settings() });
      await expect(adoptReplay(reporting, { ...replay, settings: settings() })).rejects.toThrow(
        'stop the service first',
      );
    },
    patience,
  );

  it('is refused where the tables also say what was published', async () => {
    await expect(adoptReplay(scoring, { ...replay, settings: settings() })).rejects.toThrow('cannot take their place');
  });

  it(
    'goes on where the replay ended, with its numbers as they were, and handles what comes then once',
    async () => {
      await spoilOneRow(server.url);
      expect(Object.values(await companies())).toContain('spoilt');
      await settled(services, running!.transport);
      await running?.stop();
      await replayService(reporting, { ...replay, settings: settings() });
      await adoptReplay(reporting, { ...replay, settings: settings() });
      await carrier.expire(kafka);
      running = await startServices(services, { settings: settings(), logger });
      expect(await companies()).toEqual({ ann: 'Acme', bob: 'Acme' });
      await identify('cleo');
      expect(running.transport.stalls()).toEqual([]);
      const funnel = (await (await call('GET', '/api/reports/funnel')).json()) as { visitors: number };
      expect(funnel.visitors).toBe(3);
      await settled(services, running.transport);
      const { tables } = await replayService(reporting, { ...replay, settings: settings() });
      const wrong = tables.filter(({ onlyFirst, onlySecond, passing }) => !passing && onlyFirst + onlySecond > 0);
      expect(wrong).toEqual([]);
    },
    patience,
  );
}

describe('a replayed read model in the place of a spoilt one', () => {
  describe('on PostgreSQL', () =>
    takesThePlace({ kafka: () => Promise.resolve(undefined), expire: () => Promise.resolve() }));

  describeWithKafka('on Kafka', () =>
    takesThePlace({
      kafka: async () => ({ brokers: await testKafkaBrokers(), prefix: `adopt-${randomBytes(4).toString('hex')}.` }),
      expire: expireFacts,
    }),
  );
});

/** Nothing that the brokers had of the streams is there any more: their records begin where they ended. */
async function expireFacts(kafka: Settings['kafka']): Promise<void> {
  const admin = kafkaClient({ connection: kafka!, log: logger, clientId: 'expiry' }).admin();
  await admin.connect();
  for (const { name } of [topics.leadEvents, topics.leadStages]) {
    const topic = `${kafka?.prefix}${name}`;
    const ends = await admin.fetchTopicOffsets(topic);
    const filled = ends.filter(({ high }) => high !== '0');
    const partitions = filled.map(({ partition, high }) => ({ partition, offset: high }));
    if (filled.length > 0) await admin.deleteTopicRecords({ topic, partitions });
  }
  await admin.disconnect();
}
