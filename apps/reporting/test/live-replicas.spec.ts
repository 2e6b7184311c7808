import { type TestRedis, redisHint, redisProgram, startRedis } from '@baton/testing/redis';
import { describeWith } from '@baton/testing/requirements';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reporting } from '../src/service.js';
import { moved } from './facts.js';
import { Producers } from './publish-facts.js';
import { readEvents } from './read-events.js';

const at = '2026-03-02T09:00:00.000Z';

/** Two replicas of reporting on one database, each with an open page. */
class TwoReplicas {
  private constructor(
    readonly runs: readonly [TestRun, TestRun],
    private readonly producers: Producers,
  ) {}

  static async start(redisUrl?: string): Promise<TwoReplicas> {
    const first = await runForTest([reporting], { settings: { redisUrl } });
    const second = await runForTest([reporting], { settings: { redisUrl, databaseUrl: first.databaseUrl } });
    return new TwoReplicas([first, second], new Producers(first));
  }

  openPages() {
    return Promise.all(this.runs.map(async (run) => readEvents(await run.request('GET', '/api/live'))));
  }

  /** Publishes one stage change of each lead, one transaction after the other, so that both replicas get their share. */
  async move(leads: readonly string[]): Promise<void> {
    for (const lead of leads) {
      const after = await this.producers.publish([moved(lead, { from: 'lead', to: 'mql', at })]);
      await (await this.runs[0].request('GET', `/api/leads?after=${after}`)).text();
    }
  }

  async stop(): Promise<void> {
    await this.producers.close();
    await this.runs[1].stop();
    await this.runs[0].stop();
  }
}

type Page = ReturnType<typeof readEvents>;

/** The leads that a page hears of until it has heard of all these; fails when it is told to read anew. */
async function heardBy(page: Page, leads: readonly string[]): Promise<readonly string[]> {
  const missing = new Set(leads);
  while (missing.size > 0) {
    const event = await page.next((each) => each['event'] !== undefined);
    if (event['event'] === 'resync') throw new Error(`was told to read anew, without ${[...missing].join()}`);
    missing.delete((JSON.parse(event['data'] ?? '{}') as { lead: string }).lead);
  }
  return leads;
}

/** Resolves once a page has heard of all these leads or was told to read anew after the last was there. */
async function isCurrent(page: Page, leads: readonly string[]): Promise<'resync' | 'heard'> {
  const missing = new Set(leads);
  for (;;) {
    const event = await page.next((each) => each['event'] !== undefined);
    if (event['event'] === 'resync') return 'resync';
    missing.delete((JSON.parse(event['data'] ?? '{}') as { lead: string }).lead);
    if (missing.size === 0) return 'heard';
  }
}

const leadsNamed = (name: string) => Array.from({ length: 12 }, (_, index) => `${name}-${index}`);

describe('two replicas of reporting without Redis', () => {
  let replicas: TwoReplicas;
  beforeAll(async () => {
    replicas = await TwoReplicas.start();
  }, 60_000);
  afterAll(() => replicas.stop());

  it('keep each page current: what the other replica read is said to be read anew', async () => {
    const pages = await replicas.openPages();
    const leads = leadsNamed('alone');
    await replicas.move(leads);
    const outcomes = await Promise.all(pages.map((page) => isCurrent(page, leads)));
    expect(outcomes).toContain('resync');
    await Promise.all(pages.map((page) => page.stop()));
  }, 60_000);
});

describeWith('two replicas of reporting on Redis', redisProgram(), redisHint, () => {
  let redis: TestRedis;
  let replicas: TwoReplicas;
  beforeAll(async () => {
    redis = await startRedis();
    replicas = await TwoReplicas.start(redis.url);
  }, 60_000);
  afterAll(async () => {
    await replicas.stop();
    await redis.kill();
  });

  it('show each page what either of them read, and keep it current while Redis is away and when it is back', async () => {
    const pages = await replicas.openPages();
    const before = leadsNamed('shared');
    const heard = Promise.all(pages.map((page) => heardBy(page, before)));
    await replicas.move(before);
    expect(await heard).toEqual([before, before]);
    await redis.kill();
    const ready = await replicas.runs[0].request('GET', '/health/ready');
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { status: 'ready', checks: { redis: expect.stringContaining('degraded') } },
    ]);
    const during = leadsNamed('lost');
    await replicas.move(during);
    expect(await Promise.all(pages.map((page) => isCurrent(page, during)))).toContain('resync');
    await redis.start();
    await bothAreSharedAgain(replicas);
    const fresh = await replicas.openPages();
    const after = leadsNamed('again');
    const heardAgain = Promise.all(fresh.map((page) => heardBy(page, after)));
    await replicas.move(after);
    expect(await heardAgain).toEqual([after, after]);
    await Promise.all([...pages, ...fresh].map((page) => page.stop()));
  }, 60_000);
});

async function bothAreSharedAgain({ runs }: TwoReplicas): Promise<void> {
  for (const run of runs) {
    for (let shared = false; !shared;) {
      const { checks } = (await (await run.request('GET', '/health/ready')).json()) as { checks: { redis: string } };
      shared = checks.redis === 'ok';
    }
  }
}
