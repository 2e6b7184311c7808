import { createLogger } from '@baton/observability/logger';
import { type TestServer, testServer } from '@baton/testing/database';
import { freePorts } from '@baton/testing/free-ports';
import { describeWithKafkaCluster } from '@baton/testing/kafka';
import { type SecuredKafka, startSecuredKafka } from '@baton/testing/secured-kafka';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import type { Environment } from '../src/environment-reader.js';
import { completeSecrets } from '../src/secrets.js';
import { loadSettings } from '../src/settings.js';
import { StartRefusal } from '../src/start-refusal.js';
import { type RunningServices, startServices } from '../src/start-services.js';
import { counting, noting } from './toy-services.js';

const patience = 180_000;
const wrongPassword = 'not-the-swordfish';

/** What the environment says about the brokers, given those of the test. */
type Way = (kafka: SecuredKafka) => Environment;

const signIn = ({ username, password }: Pick<SecuredKafka, 'username' | 'password'>, mechanism: string) => ({
  KAFKA_SASL_MECHANISM: mechanism,
  KAFKA_SASL_USERNAME: username,
  KAFKA_SASL_PASSWORD: password,
});
const wrong = { username: 'baton', password: wrongPassword };
const asGuest = (kafka: SecuredKafka, prefix: string) => ({
  KAFKA_BROKERS: kafka.sasl,
  KAFKA_TOPIC_PREFIX: prefix,
  ...signIn({ ...kafka, username: kafka.guest }, 'scram-sha-256'),
});

describeWithKafkaCluster('brokers that demand credentials', () => {
  let kafka: SecuredKafka;
  let server: TestServer;
  let folder: string;
  /** A certificate that did not sign the broker's. */
  let otherCa: string;
  const running: RunningServices[] = [];
  let stopping: AbortController;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-credentials-'));
    otherCa = join(folder, 'other.pem');
    await writeFile(otherCa, rootCertificates[0]!);
    kafka = await startSecuredKafka();
    await kafka.allow('granted.', { groups: true });
    await kafka.allow('half.', { groups: false });
  }, patience);
  afterAll(async () => {
    await kafka?.stop();
    await rm(folder, { recursive: true, force: true });
  }, patience);
  afterEach(async () => {
    stopping.abort();
    await Promise.all(running.splice(0).map((one) => one.stop()));
    await server.drop();
  }, patience);

  /** Services started as a process is, by what its environment says. */
  async function start(way: Way) {
    stopping = new AbortController();
    server = await testServer();
    const [port] = await freePorts(1);
    const lines: string[] = [];
    const environment = {
      PORT: String(port),
      DATABASE_URL: server.url,
      KAFKA_TOPIC_PREFIX: `credentials-${randomBytes(4).toString('hex')}.`,
      BATON_SECRET: 'the secret of a test, long enough',
      BATON_ADMIN_TOKEN: 'the-admin-token-of-a-test',
      BATON_WRITE_KEY: 'the-write-key-of-a-test',
      ...way(kafka),
    };
    const { settings } = completeSecrets(loadSettings(environment));
    const logger = createLogger({ level: 'debug', to: { write: (line) => void lines.push(line) } });
    const started = startServices([noting, counting], { settings, logger, signal: stopping.signal });
    started.then((one) => running.push(one)).catch(() => undefined);
    return { started, lines, url: `http://127.0.0.1:${port}` };
  }

  const headers = { authorization: 'Bearer the-admin-token-of-a-test', 'content-type': 'application/json' };

  async function carriesFacts(url: string): Promise<void> {
    const posted = await fetch(`${url}/api/toys/kim`, { method: 'POST', headers, body: '{"times":3}' });
    expect(posted.status).toBe(201);
    for (let n = 0; n < 3;) {
      const answer = await fetch(`${url}/api/toys/kim`, { headers });
      n = ((await answer.json()) as { n: number }).n;
    }
    expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({ status: 'ready' });
  }

  const rightWays: readonly (readonly [string, Way])[] = [
    ['PLAIN', (kafka) => ({ KAFKA_BROKERS: kafka.sasl, ...signIn(kafka, 'plain') })],
    ['SCRAM-SHA-256', (kafka) => ({ KAFKA_BROKERS: kafka.sasl, ...signIn(kafka, 'scram-sha-256') })],
    ['SCRAM-SHA-512', (kafka) => ({ KAFKA_BROKERS: kafka.sasl, ...signIn(kafka, 'scram-sha-512') })],
    ['TLS', (kafka) => ({ KAFKA_BROKERS: kafka.tls, KAFKA_SSL_CA: kafka.certificate })],
    [
      'SCRAM within TLS',
      (kafka) => ({
        KAFKA_BROKERS: kafka.saslOverTls,
        KAFKA_SSL: 'true',
        KAFKA_SSL_CA: kafka.certificate,
        ...signIn(kafka, 'scram-sha-512'),
      }),
    ],
    ['rights to its own topics and groups alone', (kafka) => asGuest(kafka, 'granted.')],
  ];

  it.each(rightWays)(
    'carry facts for who comes with %s',
    async (_name, way) => {
      const { started, lines } = await start(way);
      const { url } = await started;
      await carriesFacts(url);
      expect(lines.join()).not.toContain(kafka.password);
    },
    patience,
  );

  const refused: readonly (readonly [string, Way, RegExp])[] = [
    [
      'a wrong password by PLAIN',
      (kafka) => ({ KAFKA_BROKERS: kafka.sasl, ...signIn(wrong, 'plain') }),
      /refuses this process: .*[Aa]uthentication failed.*; check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD$/,
    ],
    [
      'a wrong password by SCRAM',
      (kafka) => ({ KAFKA_BROKERS: kafka.sasl, ...signIn(wrong, 'scram-sha-256') }),
      /refuses this process: .*[Aa]uthentication failed.*; check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD$/,
    ],
    [
      'a mechanism that is not offered',
      (kafka) => ({
        KAFKA_BROKERS: kafka.saslOverTls,
        KAFKA_SSL_CA: kafka.certificate,
        ...signIn(kafka, 'scram-sha-256'),
      }),
      /refuses this process: .*mechanism.*; set KAFKA_SASL_MECHANISM to one that it offers$/,
    ],
    [
      'a user without rights to topics',
      (kafka) => asGuest(kafka, 'foreign.'),
      /refuses this process: Not authorized to access topics.*; give KAFKA_SASL_USERNAME rights to the topics and groups of this installation$/,
    ],
    [
      'a sign-in where none is taken',
      (kafka) => ({ KAFKA_BROKERS: kafka.open, ...signIn(kafka, 'plain') }),
      /refuses this process: .*; check KAFKA_BROKERS and KAFKA_SASL_\*: this port takes no sign-in$/,
    ],
    [
      'a certificate that nobody known has signed',
      (kafka) => ({ KAFKA_BROKERS: kafka.tls, KAFKA_SSL: 'true' }),
      /has a certificate that this process does not trust: .*self-signed.*; set KAFKA_SSL_CA to a file with the certificate of the authority that signed it/,
    ],
    [
      'a certificate that another authority has signed',
      (kafka) => ({ KAFKA_BROKERS: kafka.tls, KAFKA_SSL_CA: otherCa }),
      /has a certificate that this process does not trust: .*; set KAFKA_SSL_CA/,
    ],
    [
      'a certificate for another name',
      (kafka) => ({ KAFKA_BROKERS: kafka.tls.replace('127.0.0.1', 'localhost'), KAFKA_SSL_CA: kafka.certificate }),
      /has a certificate for another name: .*; give the brokers in KAFKA_BROKERS the names that their certificates have$/,
    ],
  ];

  it.each(refused)(
    'end the start for %s, saying what to do and no password',
    async (_name, way, sentence) => {
      const { started, lines } = await start(way);
      const refusal = await started.catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(StartRefusal);
      const { message } = refusal as StartRefusal;
      expect(message).toMatch(/^Kafka at (127\.0\.0\.1|localhost):\d+ /);
      expect(message).toMatch(sentence);
      for (const secret of [kafka.password, wrongPassword]) expect(message + lines.join()).not.toContain(secret);
    },
    patience,
  );

  const waitedFor: readonly (readonly [string, Way, RegExp])[] = [
    [
      'no TLS where TLS is demanded',
      (kafka) => ({ KAFKA_BROKERS: kafka.tls }),
      /which closes the connection .*check KAFKA_SSL and KAFKA_SASL_\*: a broker closes what comes without TLS or a sign-in that it wants/,
    ],
    [
      'a sign-in without the TLS that is demanded',
      (kafka) => ({ KAFKA_BROKERS: kafka.saslOverTls, ...signIn(kafka, 'scram-sha-512') }),
      /which closes the connection .*check KAFKA_SSL and KAFKA_SASL_\*/,
    ],
    [
      'no sign-in where one is demanded',
      (kafka) => ({ KAFKA_BROKERS: kafka.sasl }),
      /which closes the connection .*check KAFKA_SSL and KAFKA_SASL_\*/,
    ],
    [
      'a user without rights to groups',
      (kafka) => asGuest(kafka, 'half.'),
      /which lets nobody join a consumer group .*give KAFKA_SASL_USERNAME rights to the groups of this installation/,
    ],
    [
      'more copies of a topic than there are brokers',
      (kafka) => ({ KAFKA_BROKERS: kafka.open, KAFKA_REPLICATION: '3' }),
      /which has too few brokers .*[Rr]eplication.*start more brokers, or set KAFKA_REPLICATION to their number/,
    ],
    [
      'TLS where none is spoken',
      (kafka) => ({ KAFKA_BROKERS: kafka.open, KAFKA_SSL: 'true' }),
      /which does not speak TLS .*unset KAFKA_SSL and KAFKA_SSL_CA, or give a port with TLS in KAFKA_BROKERS/,
    ],
  ];

  it.each(waitedFor)(
    'are waited for with %s, saying why on the port and in the log, and no password',
    async (_name, way, sentence) => {
      const { started, lines, url } = await start(way);
      const ended = started.then(
        () => 'started',
        (error: unknown) => (error as Error).name,
      );
      const said = await Promise.race([untilReadySays(url, 'waits for Kafka'), ended]);
      expect(said).toMatch(sentence);
      const logged = lines.find((line) => line.includes('the start waits'));
      expect((JSON.parse(logged ?? '{}') as { reason?: string }).reason).toMatch(sentence);
      expect(said + lines.join()).not.toContain(kafka.password);
      stopping.abort();
      expect(await ended).toBe('AbortError');
    },
    patience,
  );

  it(
    'leave a process ready when they go, which says so on its port and in its metrics',
    async () => {
      const { started } = await start(({ open }) => ({ KAFKA_BROKERS: open }));
      const { url } = await started;
      const metrics = async () => {
        const answer = await fetch(`${url}/metrics`);
        expect(answer.status).toBe(200);
        return answer.text();
      };
      expect(await metrics()).toMatch(/\nbaton_kafka_up 1\n/);
      await kafka.kill();
      for (let text = ''; !text.includes('\nbaton_kafka_up 0\n');) text = await metrics();
      expect(await metrics()).toMatch(/\nbaton_database_up 1\n/);
      const ready = async () => {
        const answer = await fetch(`${url}/health/ready`);
        expect(answer.status).toBe(200);
        return ((await answer.json()) as { checks: { kafka: string } }).checks.kafka;
      };
      let said = await ready();
      for (; said === 'ok'; said = await ready()) await delay(20);
      expect(said).toMatch(/^degraded: Kafka: /);
    },
    patience,
  );

  async function untilReadySays(url: string, text: string): Promise<string> {
    for (;;) {
      const answer = await fetch(`${url}/health/ready`).then(
        (response) => response.text(),
        () => '',
      );
      if (answer.includes(text)) return (JSON.parse(answer) as { checks: { start: string } }).checks.start;
      await delay(20);
    }
  }
});
