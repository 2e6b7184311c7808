import { services } from '@baton/contracts/topics';
import { testServer, type TestServer } from '@baton/testing/database';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { programOnPath } from '@baton/testing/program-on-path';
import { redisHint, redisProgram, startRedis, type TestRedis } from '@baton/testing/redis';
import { describeWith } from '@baton/testing/requirements';
import { type GuardedChild, spawnGuarded } from '@baton/testing/guarded-child';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type Entrance, haproxy, haproxyHint, startEntrance } from '../entrance/entrance.js';
import {
  type ComposeFile,
  type ComposeService,
  check,
  dockerCompose,
  readComposeFile,
  root,
  secrets,
} from './compose-file.js';

const patience = 240_000;
const composeHint = 'there is no docker-compose; apt-get install docker-compose';

describeWith('docker-compose.yml', dockerCompose, composeHint, () => {
  let file: ComposeFile;
  beforeAll(async () => {
    file = await readComposeFile(secrets);
  }, patience);

  it('brings up every service with what it needs behind one entrance, without the other shape', () => {
    const others = ['entrance', 'kafka', 'postgres', 'redis'];
    const [usual, special] = [false, true].map((hasProfile) =>
      Object.entries(file.services).filter(([, { profiles }]) => hasProfile === (profiles !== undefined)),
    );
    expect(usual!.map(([name]) => name).toSorted()).toEqual([...services, ...others].toSorted());
    expect(special!.map(([name, { profiles }]) => [name, profiles])).toEqual([['baton', ['all-in-one']]]);
  });

  it.each(Object.keys(secrets))(
    'asks for %s instead of guessing it',
    async (name) => {
      const others = Object.entries(secrets).filter(([other]) => other !== name);
      await expect(readComposeFile(Object.fromEntries(others))).rejects.toThrow(name);
    },
    patience,
  );

  it.each(services)('lets %s have replicas, for which no name and no port is fixed, and time to leave', (name) => {
    const { container_name: fixed, ports, stop_grace_period: grace } = file.services[name]!;
    expect([fixed, ports, grace]).toEqual([undefined, undefined, '15s']);
  });

  it.each(services)('starts %s by its name, when what it needs is healthy', (name) => {
    const service = file.services[name]!;
    expect(service.command).toEqual(['start', name]);
    const healthy = { condition: 'service_healthy' };
    expect(service.depends_on).toEqual({ kafka: healthy, postgres: healthy, redis: healthy });
  });

  it('gives every container a health check that needs no shell', () => {
    for (const [name, { healthcheck }] of Object.entries(file.services))
      expect([name, healthcheck?.test[0]]).toEqual([name, 'CMD']);
  });

  describeWith('its processes outside of containers', redisProgram(), redisHint, () =>
    describeWith('behind its entrance', haproxy, haproxyHint, () =>
      describeWithKafka('on Kafka', () => {
        let server: TestServer;
        let redis: TestRedis;
        let brokers: readonly string[];
        let entrance: Entrance;
        const running = new Map<string, GuardedChild>();
        const portOf = (service: ComposeService) => Number(service.healthcheck!.test.at(-1));

        /** Runs a service as its container would, but for addresses. */
        async function start(name: string, over: Record<string, string>): Promise<void> {
          const { command, environment } = file.services[name]!;
          const child = await spawnGuarded(process.execPath, ['apps/cli/bin/baton.mjs', ...command!], {
            cwd: root,
            env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'warn', ...environment, ...over },
            stdio: ['ignore', 'pipe', 'ignore'],
          });
          running.set(name, child);
          const ready = once(createInterface({ input: child.process.stdout! }), 'line');
          const ended = child.ended.then(() => Promise.reject(new Error(`${name} ended before it was ready`)));
          expect(String((await Promise.race([ready, ended]))[0])).toMatch(/^ready /);
        }

        async function stop(name: string): Promise<void> {
          const child = running.get(name)!;
          child.process.kill('SIGTERM');
          await child.ended;
          expect([name, child.process.exitCode]).toEqual([name, 0]);
          running.delete(name);
        }

        beforeAll(async () => {
          [server, redis, brokers] = await Promise.all([testServer(), startRedis(), testKafkaBrokers()]);
          const ports = services.map((name) => [name, [portOf(file.services[name]!)]] as const);
          entrance = await startEntrance(Object.fromEntries(ports));
          const places = {
            DATABASE_URL: server.url,
            KAFKA_BROKERS: brokers.join(','),
            REDIS_URL: redis.url,
            KAFKA_TOPIC_PREFIX: `compose-${randomBytes(4).toString('hex')}.`,
          };
          await Promise.all(services.map((name) => start(name, places)));
        }, patience);
        afterAll(async () => {
          for (const { process: child } of running.values()) child.kill('SIGKILL');
          await entrance.stop();
          await redis.kill();
          await server.drop();
        }, patience);

        it('are healthy by their own checks at their own ports', async () => {
          for (const name of services) {
            const service = file.services[name]!;
            const port = portOf(service);
            expect([name, await check(service, { told: port, actual: port })]).toEqual([name, 0]);
          }
          for (const name of services) await entrance.sees(name, 1);
          const actual = Number(new URL(entrance.url).port);
          expect(await check(file.services['entrance']!, { told: 8080, actual })).toBe(0);
        });

        it(
          'make a lead of a form at the entrance, and show it there',
          async () => {
            const form = await fetch(`${entrance.url}/v1/forms/demo?writeKey=${secrets.BATON_WRITE_KEY}`, {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ email: 'kim@acme.io', firstName: 'Kim' }),
            });
            expect(form.status).toBe(200);
            const headers = { authorization: `Bearer ${secrets.BATON_ADMIN_TOKEN}` };
            for (let items: { email: string; scores?: { total: number } }[] = []; !items[0]?.scores;) {
              const answer = await fetch(`${entrance.url}/api/leads?email=kim@acme.io`, { headers });
              expect(answer.status).toBe(200);
              ({ items } = (await answer.json()) as { items: { email: string; scores?: { total: number } }[] });
            }
            const roster = await fetch(`${entrance.url}/api/roster`, { headers });
            expect(roster.status).toBe(200);
          },
          patience,
        );

        it.each([['doctor'], ['dead-letters', 'list']])(
          'answer baton %s at the entrance',
          async (...command) => {
            const { stdout } = await promisify(execFile)(process.execPath, ['apps/cli/bin/baton.mjs', ...command], {
              cwd: root,
              env: { BATON_URL: entrance.url, BATON_ADMIN_TOKEN: secrets.BATON_ADMIN_TOKEN },
            });
            expect(stdout).toMatch(/dead letters/i);
            expect(stdout).not.toContain('✗');
          },
          patience,
        );

        it(
          'tell doctor at the entrance what one of them lacks that the entrance does not see',
          async () => {
            const env = { BATON_URL: entrance.url, BATON_ADMIN_TOKEN: secrets.BATON_ADMIN_TOKEN };
            const doctor = () =>
              promisify(execFile)(process.execPath, ['apps/cli/bin/baton.mjs', 'doctor'], { cwd: root, env }).then(
                ({ stdout }) => stdout,
                ({ stdout }: { stdout: string }) => stdout,
              );
            expect(await doctor()).toContain('✓ kafka: answers\n✓ redis: answers');
            await redis.kill();
            for (let said = ''; !said.includes('✗ redis: ingest: degraded: ');) said = await doctor();
            await redis.start();
            for (let said = ''; !said.includes('✓ redis: answers');) said = await doctor();
          },
          patience,
        );

        it('tell doctor of Kafka and Redis, one process as the other', async () => {
          const service = file.services['scoring']!;
          const { stdout } = await promisify(execFile)(process.execPath, ['apps/cli/bin/baton.mjs', 'doctor'], {
            cwd: root,
            env: {
              BATON_URL: `http://127.0.0.1:${portOf(service)}`,
              BATON_ADMIN_TOKEN: secrets.BATON_ADMIN_TOKEN,
            },
          });
          expect(stdout).toContain('✓ kafka: answers');
          expect(stdout).toContain('✓ redis: answers');
          expect(stdout).toMatch(/✓ lag: \d+ records/);
        });

        it('measure what the page about operations describes, and nothing else', async () => {
          const page = await readFile(join(root, 'docs/operations.md'), 'utf8');
          const described = [...page.matchAll(/^\| `(baton_\w+)`/gm)].map(([, name]) => name!);
          const texts = await Promise.all(
            services.map(async (name) =>
              (await fetch(`http://127.0.0.1:${portOf(file.services[name]!)}/metrics`)).text(),
            ),
          );
          const measured = texts.flatMap((text) =>
            [...text.matchAll(/^# HELP (baton_\w+) /gm)].map(([, name]) => name!),
          );
          expect(described.toSorted()).toEqual([...new Set(measured)].toSorted());
        });

        it.each([
          ['kafka', 9092, () => Number(brokers[0]!.split(':')[1])],
          ['redis', 6379, () => Number(new URL(redis.url).port)],
        ] as const)(
          'stand on a %s that is healthy by its check, which tells when it is not',
          async (name, told, at) => {
            const service = file.services[name]!;
            expect(await check(service, { told, actual: at() })).toBe(0);
            expect(await check(service, { told, actual: 1 })).not.toBe(0);
          },
        );

        const isReady = programOnPath('pg_isready');
        const hint = 'there is no pg_isready; apt-get install postgresql-client';
        describeWith('the check of postgres', isReady, hint, () => {
          it('tells whether it is healthy', async () => {
            const service = file.services['postgres']!;
            expect(await check(service, { told: 5432, actual: Number(new URL(server.url).port) })).toBe(0);
            expect(await check(service, { told: 5432, actual: 1 })).not.toBe(0);
          });
        });

        it(
          'stop cleanly when they are told to, and are not healthy then',
          async () => {
            await Promise.all(services.map(stop));
            const service = file.services['ingest']!;
            expect(await check(service, { told: portOf(service), actual: portOf(service) })).toBe(1);
          },
          patience,
        );

        it(
          'run as one process on PostgreSQL alone as well',
          async () => {
            const other = await testServer();
            await start('baton', { DATABASE_URL: other.url });
            const service = file.services['baton']!;
            expect(await check(service, { told: 8080, actual: 8080 })).toBe(0);
            await stop('baton');
            await other.drop();
          },
          patience,
        );
      }),
    ),
  );
});
