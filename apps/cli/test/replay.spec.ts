import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { services } from '../src/services.js';

const baton = fileURLToPath(new URL('../bin/baton.mjs', import.meta.url));

describeWithKafka('baton replay beside services on Kafka', () => {
  let run: TestRun;

  beforeAll(async () => {
    const kafka = { brokers: await testKafkaBrokers(), prefix: `cli-${randomBytes(4).toString('hex')}.` };
    run = await runForTest(services, { settings: { kafka } });
    const batch = [
      { type: 'identify', userId: 'kim', traits: { email: 'kim@acme.example', title: 'CTO' } },
      { type: 'track', userId: 'kim', event: 'Demo Requested' },
    ];
    expect((await run.request('POST', '/v1/batch', { batch })).status).toBe(200);
    await run.settled();
  }, 120_000);

  afterAll(() => run?.stop());

  /** The command as an operator runs it, with the environment of a process. */
  function replay(...parameters: string[]): Promise<{ code: number; out: string; err: string }> {
    const { settings, databaseUrl } = run;
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: settings.kafka?.brokers.join(','),
      KAFKA_TOPIC_PREFIX: settings.kafka?.prefix,
      BATON_SECRET: settings.secret,
      BATON_ADMIN_TOKEN: settings.adminToken,
      BATON_WRITE_KEY: settings.writeKey,
    };
    return new Promise((resolve) => {
      execFile(process.execPath, [baton, 'replay', ...parameters], { cwd: tmpdir(), env }, (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), out, err }),
      );
    });
  }

  it('finds every row of reporting again, but for those made of raw events, which are on the brokers alone', async () => {
    const { code, out } = await replay('reporting');
    expect(out).toMatch(/^[1-9]\d* records replayed into the schema reporting_replayed/);
    expect(out).toContain('✓ profiles: 1 rows, the same');
    expect(out).toMatch(
      /– visitors: 1 rows, 1 only in reporting, 0 only in reporting_replayed \(it is made of raw events/,
    );
    expect(out).not.toContain('✗');
    expect(code).toBe(0);
  });

  it('finds every row of scoring again, for machines', async () => {
    const { code, out } = await replay('scoring', '--json');
    const { tables } = JSON.parse(out) as { tables: { table: string; onlyFirst: number; onlySecond: number }[] };
    expect(tables.filter(({ onlyFirst, onlySecond }) => onlyFirst + onlySecond > 0)).toEqual([]);
    expect(tables.map(({ table }) => table)).toContain('leads');
    expect(code).toBe(0);
  });

  it('does not take the place of a service that runs', async () => {
    const { code, err } = await replay('reporting', '--adopt');
    expect(err).toContain('reporting is in use: stop the service first');
    expect(code).toBe(1);
  });
});
