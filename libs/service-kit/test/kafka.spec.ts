import { createLogger } from '@baton/observability/logger';
import { type TestServer, testServer } from '@baton/testing/database';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { freePorts } from '@baton/testing/free-ports';
import { openRelay } from '@baton/testing/relay';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { ServiceDefinition } from '../src/define-service.js';
import type { Settings } from '../src/settings.js';
import { StartRefusal } from '../src/start-refusal.js';
import { type RunningServices, startServices } from '../src/start-services.js';
import { counting, noting } from './toy-services.js';

const patience = 90_000;

describeWithKafka('services on Kafka', () => {
  let server: TestServer;
  let brokers: readonly string[];
  const running: RunningServices[] = [];
  beforeEach(async () => {
    [server, brokers] = await Promise.all([testServer(), testKafkaBrokers()]);
  }, patience);
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
    await server.drop();
  }, patience);

  const freshPrefix = () => `kit-${randomBytes(4).toString('hex')}.`;

  function settingsWith(kafka: Settings['kafka'], databaseUrl: string): Settings {
    return {
      port: 0,
      host: '127.0.0.1',
      home: '/nowhere',
      databaseUrl,
      kafka,
      secret: 'the secret of a test, long enough',
      adminToken: 'the-admin-token-of-a-test',
      writeKey: 'the-write-key-of-a-test',
      logLevel: 'info',
    };
  }

  interface Start {
    readonly port?: number;
    readonly services?: readonly ServiceDefinition[];
    readonly signal?: AbortSignal;
    readonly databaseUrl?: string;
  }

  function start(
    kafka: Settings['kafka'],
    { services = [noting, counting], signal, databaseUrl, port = 0 }: Start = {},
  ) {
    const lines: string[] = [];
    const told = new EventEmitter();
    const to = { write: (line: string) => (lines.push(line), told.emit('line')) };
    const logger = createLogger({ level: 'info', to });
    const started = startServices(services, {
      settings: { ...settingsWith(kafka, databaseUrl ?? server.url), port },
      logger,
      signal,
    }).then((one) => {
      running.push(one);
      return one;
    });
    const said = async (text: string) => {
      while (!lines.join().includes(text)) await once(told, 'line');
    };
    return { started, said, lines };
  }

  const headers = { authorization: 'Bearer the-admin-token-of-a-test', 'content-type': 'application/json' };

  it(
    'carries the facts of one process to another',
    async () => {
      const kafka = { brokers, prefix: freshPrefix() };
      const [notes, counts] = await Promise.all([
        start(kafka, { services: [noting] }).started,
        start(kafka, { services: [counting] }).started,
      ]);
      const posted = await fetch(`${notes.url}/api/toys/kim`, { method: 'POST', headers, body: '{"times":3}' });
      expect(posted.status).toBe(201);
      for (let n = 0; n < 3;) {
        const answer = await fetch(`${counts.url}/api/toys/kim`, { headers });
        n = ((await answer.json()) as { n: number }).n;
      }
      expect(await (await fetch(`${counts.url}/health/ready`)).json()).toMatchObject({ status: 'ready' });
    },
    patience,
  );

  it(
    'wait for a broker that does not answer, say so, and go on when it comes',
    async () => {
      const [first] = brokers;
      const relay = await openRelay(Number(first!.split(':')[1]), { isUp: false });
      const [port] = await freePorts(1);
      const waiting = start({ brokers: [`127.0.0.1:${relay.port}`], prefix: freshPrefix() }, { port });
      const sentence = `waits for Kafka at 127.0.0.1:${relay.port}`;
      await Promise.race([waiting.said(sentence), waiting.started]);
      expect(waiting.lines.join()).toContain('KAFKA_BROKERS');
      const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
      expect(ready.status).toBe(503);
      expect(await ready.text()).toContain(sentence);
      await relay.restore();
      const { url } = await waiting.started;
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      await relay.cut();
    },
    patience,
  );

  it(
    'refuse credentials that the broker does not take, naming the settings and no password',
    async () => {
      const sasl = { mechanism: 'plain', username: 'baton', password: 'hunter2' } as const;
      const refusal = await start({ brokers, sasl }).started.catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(StartRefusal);
      expect((refusal as Error).message).toMatch(/^Kafka at .* refuses this process: .*; check .*KAFKA_SASL/);
      expect((refusal as Error).message).not.toContain('hunter2');
    },
    patience,
  );

  it(
    'refuse topics of another number of partitions',
    async () => {
      const prefix = freshPrefix();
      await start({ brokers, prefix, partitions: 2 }).started;
      const other = await testServer();
      const second = start({ brokers, prefix, partitions: 3 }, { databaseUrl: other.url }).started;
      await expect(second).rejects.toThrow(/KAFKA_PARTITIONS to 2/);
      await other.drop();
    },
    patience,
  );

  it(
    'say that they wait when they speak TLS and the broker does not',
    async () => {
      const stopping = new AbortController();
      const waiting = start({ brokers, ssl: true }, { signal: stopping.signal });
      const ended = waiting.started.catch((error: unknown) => error);
      await Promise.race([waiting.said('KAFKA_SSL'), waiting.started]);
      stopping.abort();
      expect(await ended).toMatchObject({ name: 'AbortError' });
    },
    patience,
  );
});
