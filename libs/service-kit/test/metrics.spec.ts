import { topics } from '@baton/contracts/topics';
import { type Effects, PoisonError } from '@baton/messaging/handler';
import { ensureLogTables } from '@baton/messaging/log-tables-store';
import type { Batch } from '@baton/messaging/record';
import { freeRelayLease, takeRelayLease } from '@baton/messaging/relay-store';
import { type TestServer, testServer } from '@baton/testing/database';
import { eventually } from '@baton/testing/eventually';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { Controller } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Consumes } from '../src/consumes.js';
import { defineService } from '../src/define-service.js';
import { counting, noting } from './toy-services.js';

@Controller()
class RefusingController {
  @Consumes(topics.leadEvents)
  refuse({ records }: Batch): Promise<Effects> {
    const poison = records.find(({ key }) => key === 'poison');
    if (poison) return Promise.reject(new PoisonError(poison.position, 'cannot be scored'));
    return Promise.resolve({ publish: [] });
  }
}

const refusing = defineService({
  name: 'scoring',
  consumes: [topics.leadEvents],
  publishes: [],
  migrations: [],
  controllers: [RefusingController],
  providers: [],
});

async function valueOf(run: TestRun, name: string): Promise<number | undefined> {
  const text = await (await run.request('GET', '/metrics')).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

const note = async (run: TestRun, lead: string) =>
  expect((await run.request('POST', `/api/toys/${lead}`, { times: 2 })).status).toBe(201);

describe('the metrics of a process', () => {
  let run: TestRun;
  beforeAll(async () => {
    run = await runForTest([noting, counting, refusing], { settings: { logLevel: 'silent' } });
  }, 30_000);
  afterAll(() => run.stop());

  it('tell how long handlers take, what they have still to read, and what could not be handled', async () => {
    expect(await valueOf(run, 'baton_dead_letters{service="scoring"}')).toBe(0);
    await note(run, 'kim');
    await note(run, 'poison');
    await run.settled();
    const batches = await valueOf(run, 'baton_handler_duration_seconds_count{service="reporting",topic="lead.events"}');
    expect(batches).toBeGreaterThanOrEqual(1);
    expect(await valueOf(run, 'baton_consumer_lag{service="scoring",topic="lead.events"}')).toBe(0);
    expect(await valueOf(run, 'baton_dead_letters{service="scoring"}')).toBe(2);
    expect(await valueOf(run, 'baton_dead_letters{service="reporting"}')).toBe(0);
    expect(await valueOf(run, 'baton_outbox_records{service="ingest"}')).toBeUndefined();
  }, 30_000);

  it('are told of one service, as far as it is behind, to an admin alone', async () => {
    await run.settled();
    const lag = async (query: string, headers = {}) => run.request('GET', `/api/lag${query}`, undefined, headers);
    expect(await (await lag('?service=scoring')).json()).toEqual({
      items: [{ service: 'scoring', topic: 'lead.events', records: 0 }],
    });
    expect((await lag('?service=routing')).status).toBe(404);
    expect((await lag('', { authorization: 'Bearer of nobody' })).status).toBe(401);
  }, 30_000);
});

describeWithKafka('the metrics of processes on Kafka', () => {
  const runs: TestRun[] = [];
  let server: TestServer;
  beforeEach(async () => {
    server = await testServer();
  });
  afterEach(async () => {
    for (const run of runs.splice(0).toReversed()) await run.stop();
    await server.drop();
  }, 60_000);

  it('tell what is not shipped yet, and what a service has still to read of another process', async () => {
    const partitions = 2;
    const kafka = {
      brokers: await testKafkaBrokers(),
      prefix: `metrics-${randomBytes(4).toString('hex')}.`,
      partitions,
    };
    const ingest = await server.open('ingest');
    await ensureLogTables(ingest, partitions);
    await takeRelayLease(ingest, 'a process that ships nothing', 60_000);
    const notes = await runForTest([noting], { settings: { kafka, databaseUrl: server.url } });
    runs.push(notes);
    await note(notes, 'kim');
    expect(await valueOf(notes, 'baton_outbox_records{service="ingest"}')).toBe(2);
    expect(await valueOf(notes, 'baton_outbox_age_seconds{service="ingest"}')).toBeGreaterThan(0);
    await freeRelayLease(ingest, 'a process that ships nothing');
    await eventually(
      'all is shipped',
      async () => (await valueOf(notes, 'baton_outbox_records{service="ingest"}')) === 0,
    );
    expect(await valueOf(notes, 'baton_outbox_age_seconds{service="ingest"}')).toBe(0);
    const counts = await runForTest([counting], { settings: { kafka, databaseUrl: server.url } });
    runs.push(counts);
    const lag = 'baton_consumer_lag{service="reporting",topic="lead.events"}';
    await eventually('all is read', async () => (await valueOf(counts, lag)) === 0);
    const read = await (await counts.request('GET', '/api/toys/kim')).json();
    expect(read).toEqual({ n: 2 });
  }, 90_000);
});
