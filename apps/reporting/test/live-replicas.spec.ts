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

  openPages(): Promise<[Page, Page]> {
    const [first, second] = this.runs;
    return Promise.all([Page.open(first), Page.open(second)]);
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

/** A page as the console has it: it hears of leads one by one, and reads anew when it is told to. */
class Page {
  /** How often it was told to read anew. */
  resyncs = 0;
  /** Leads that it has heard of by themselves. */
  readonly heard = new Set<string>();

  private constructor(
    private readonly run: TestRun,
    private readonly events: ReturnType<typeof readEvents>,
  ) {}

  static async open(run: TestRun): Promise<Page> {
    return new Page(run, readEvents(await run.request('GET', '/api/live')));
  }

  /** Resolves once it shows all these leads. */
  async shows(leads: readonly string[]): Promise<void> {
    const missing = new Set(leads.filter((lead) => !this.heard.has(lead)));
    while (missing.size > 0) {
      const { event, data = '{}' } = await this.events.next((each) => each['event'] !== undefined);
      if (event === 'resync') {
        this.resyncs += 1;
        for (const lead of missing) if (await this.finds(lead)) missing.delete(lead);
      } else {
        const { lead } = JSON.parse(data) as { lead: string };
        this.heard.add(lead);
        missing.delete(lead);
      }
    }
  }

  stop(): Promise<void> {
    return this.events.stop();
  }

  private async finds(lead: string): Promise<boolean> {
    const response = await this.run.request('GET', `/api/leads/${lead}`);
    await response.text();
    return response.ok;
  }
}

/**
 * Moves further leads until every page was told so often to read anew, and sees to it that each comes to show every one:
 * who stops looking after the first time shows nothing more of what the other replica read.
 */
async function readAnew(
  replicas: TwoReplicas,
  pages: readonly Page[],
  { name, times }: { name: string; times: number },
) {
  const before = pages.map(({ resyncs }) => resyncs);
  const isTold = (page: Page, index: number) => page.resyncs - before[index]! >= times;
  for (let round = 0; !pages.every(isTold); round += 1) {
    const leads = leadsNamed(`${name}-${round}`);
    const shown = Promise.all(pages.map((page) => page.shows(leads)));
    await replicas.move(leads);
    await shown;
  }
}

const leadsNamed = (name: string) => Array.from({ length: 12 }, (_, index) => `${name}-${index}`);

describe('two replicas of reporting without Redis', () => {
  let replicas: TwoReplicas;
  beforeAll(async () => {
    replicas = await TwoReplicas.start();
  }, 60_000);
  afterAll(() => replicas.stop());

  it('keep each page current, for as long as it is open: what the other replica read is said to be read anew', async () => {
    const pages = await replicas.openPages();
    await readAnew(replicas, pages, { name: 'alone', times: 3 });
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
    await replicas.move(before);
    await Promise.all(pages.map((page) => page.shows(before)));
    expect(pages.map(({ resyncs }) => resyncs)).toEqual([0, 0]);
    await redis.kill();
    const ready = await replicas.runs[0].request('GET', '/health/ready');
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { status: 'ready', checks: { redis: expect.stringContaining('degraded') } },
    ]);
    await readAnew(replicas, pages, { name: 'lost', times: 2 });
    await redis.start();
    await bothAreSharedAgain(replicas);
    const fresh = await replicas.openPages();
    const after = leadsNamed('again');
    await replicas.move(after);
    await Promise.all(fresh.map((page) => page.shows(after)));
    expect(fresh.map(({ resyncs }) => resyncs)).toEqual([0, 0]);
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
