import type { LeadAssigned } from '@baton/contracts/lead-assignments';
import type { LeadScored } from '@baton/contracts/lead-scores';
import { type LeadStageChanged, leadStageChanged } from '@baton/contracts/lead-stages';
import { type Topic, topics } from '@baton/contracts/topics';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { runForTest, type TestRun, type TestRunOptions } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Analytics } from '@segment/analytics-node';
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { services } from '../src/services.js';
import { receiveWebhooks, type WebhookReceiver } from './webhook-receiver.js';

const visitor = { anonymousId: 'browser-of-kim' };
const kim = 'kim@acme.example';

interface LeadShown {
  readonly id: string;
  readonly stage: string;
  readonly persona: string;
  readonly scores: {
    readonly fit: number;
    readonly engagement: number;
    readonly total: number;
    readonly grade: string;
  };
  readonly owner: { readonly rep: string | null; readonly team: string } | null;
  readonly clocks: readonly { readonly sla: string; readonly state: string; readonly metAt: string | null }[];
  readonly handoff: {
    readonly answers: Record<string, { value: unknown }>;
    readonly signals: readonly { signal: string }[];
    readonly pages: readonly { path: string }[];
    readonly campaign: string | null;
  } | null;
}

/** One visitor becomes a lead, an MQL, somebody's, a running clock, and a customer: the tour of the product, by its public doors. */
function describeJourney(settings: () => Promise<TestRunOptions['settings']>): void {
  let run: TestRun;
  let receiver: WebhookReceiver;
  let secret: string;
  let lead: string;

  beforeAll(async () => {
    run = await runForTest(services, { settings: await settings() });
    receiver = await receiveWebhooks();
    const connector = await run.request('POST', '/api/connectors', {
      kind: 'webhook',
      name: 'journey',
      url: receiver.url,
      allowPrivate: true,
    });
    expect([200, 201]).toContain(connector.status);
    ({ secret } = (await connector.json()) as { secret: string });
  }, 60_000);

  afterAll(async () => {
    await run?.stop();
    await receiver?.close();
  });

  async function factsOf<Data>(topic: Topic, type?: string): Promise<Data[]> {
    const records = await readTopic(run.databaseUrl, topic);
    const wanted = records.filter(
      ({ key, envelope }) => key === lead && (type === undefined || envelope.type === type),
    );
    return wanted.map(({ envelope }) => envelope.data as Data);
  }

  async function shown(after = ''): Promise<LeadShown> {
    const response = await run.request(
      'GET',
      `/api/leads/${lead}${after ? `?after=${encodeURIComponent(after)}` : ''}`,
    );
    expect(response.status).toBe(200);
    return (await response.json()) as LeadShown;
  }

  async function command(path: string, body: unknown): Promise<LeadShown> {
    const response = await run.request('POST', `/api/leads/${lead}${path}`, body);
    expect({ status: response.status, problem: response.ok ? null : await response.clone().json() }).toEqual({
      status: 200,
      problem: null,
    });
    return shown(response.headers.get('baton-after') ?? '');
  }

  it('keeps an anonymous visitor at the edge', async () => {
    const analytics = sdk(run);
    analytics.page({
      ...visitor,
      properties: { path: '/pricing', url: 'https://www.acme.example/pricing', title: 'Pricing' },
      context: { campaign: { name: 'spring', source: 'google', medium: 'cpc' } },
    });
    analytics.page({ ...visitor, properties: { path: '/product', title: 'Product' } });
    await analytics.closeAndFlush();
    await run.settled();
    // A broker counts in a way of its own, under a name of its own.
    const accepted = Object.values(await run.transport.endPositions([topics.visitorEvents]));
    expect(accepted.flatMap((ends) => Object.values(ends)).reduce((sum, end) => sum + end, 0)).toBe(2);
    expect(
      (await readTopic(run.databaseUrl, topics.leadEvents)).filter(
        ({ envelope }) => envelope.type !== 'baton.playbook.activated.v1',
      ),
    ).toEqual([]);
  });

  it('makes the visitor a lead with all of its history, and an MQL with an owner and a running clock', async () => {
    const form = await fetch(`${run.url}/v1/forms/demo?writeKey=${run.settings.writeKey}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        email: kim,
        name: 'Kim Berg',
        message: 'Leads wait for days',
        anonymousId: visitor.anonymousId,
      }),
    });
    expect(form.status).toBe(200);
    const analytics = sdk(run);
    analytics.identify({ ...visitor, userId: 'u-1', traits: { email: kim, title: 'VP Operations' } });
    analytics.group({
      ...visitor,
      userId: 'u-1',
      groupId: 'acme.example',
      traits: { name: 'Acme', employees: '220', industry: 'Software' },
    });
    analytics.page({ ...visitor, userId: 'u-1', properties: { path: '/docs' } });
    await analytics.closeAndFlush();
    await run.settled();
    const { items } = (await (await run.request('GET', `/api/leads?email=${encodeURIComponent(kim)}`)).json()) as {
      items: { id: string }[];
    };
    expect(items).toHaveLength(1);
    lead = items[0]!.id;
    const state = await shown();
    expect(state).toMatchObject({
      stage: 'mql',
      persona: 'decision-maker',
      owner: { team: 'inbound' },
      clocks: [{ sla: 'hot', state: expect.stringMatching(/running|paused/) as unknown }],
    });
    expect(state.handoff?.answers['need']).toMatchObject({ value: 'Leads wait for days' });
    expect(state.handoff?.signals.map(({ signal }) => signal)).toEqual(
      expect.arrayContaining(['demo-request', 'pricing-view']),
    );
    expect(state.handoff?.pages.map(({ path }) => path)).toContain('/pricing');
    expect(state.handoff?.campaign).toBe('spring');
  });

  it('publishes each fact once, in order, on its topic', async () => {
    const changes = await factsOf<LeadStageChanged>(topics.leadStages, leadStageChanged.type);
    expect(changes.map(({ from, to }) => [from, to])).toEqual([
      ['visitor', 'lead'],
      ['lead', 'mql'],
    ]);
    expect(changes[1]).toMatchObject({
      holds: { slas: ['hot', 'standard'], routing: ['everyone'] },
      playbook: { name: 'starter', version: 1 },
    });
    const [assigned, ...reassigned] = await factsOf<LeadAssigned>(topics.leadAssignments);
    expect(reassigned).toEqual([]);
    expect(assigned).toMatchObject({
      previous: null,
      decision: { by: expect.stringMatching(/rule|fallback|last-resort/) as unknown },
    });
    const engaged = (await readTopic(run.databaseUrl, topics.leadEvents)).filter(
      ({ key, envelope }) => key === lead && envelope.type === 'baton.lead.engaged.v1',
    );
    const paths = engaged
      .map(({ envelope }) => (envelope.data as { event: { page?: { path?: string } } }).event.page?.path)
      .filter(Boolean);
    expect(paths).toEqual(expect.arrayContaining(['/pricing', '/product', '/docs']));
  });

  it('explains the score by a ledger whose sum it is', async () => {
    const scored = await factsOf<LeadScored>(topics.leadScores);
    const { scores } = await shown();
    expect(scored.at(-1)?.scores.fit).toBe(scores.fit);
    const explained = (await (await run.request('GET', `/api/leads/${lead}/explanation`)).json()) as {
      scores: Record<'engagement' | 'fit', { value: number; sum: number; ledger: { points: number }[] }>;
    };
    for (const { sum, ledger } of [explained.scores.engagement, explained.scores.fit]) {
      expect(ledger.reduce((total, { points }) => total + points, 0)).toBeCloseTo(sum, 1);
    }
    expect(explained.scores.fit.ledger.length).toBeGreaterThan(1);
  });

  it('stops the clock by a touch and by nothing less', async () => {
    const attempted = await command('/activities', {
      kind: 'call',
      direction: 'outbound',
      outcome: 'voicemail',
      rep: 'ana',
    });
    expect(attempted.clocks[0]?.state).not.toBe('met');
    const touched = await command('/activities', {
      kind: 'call',
      direction: 'outbound',
      outcome: 'connected',
      rep: 'ana',
    });
    expect(touched.clocks[0]).toMatchObject({ state: 'met', metAt: expect.any(String) as unknown });
  });

  it('lets the rep take the lead to customer, with what each stage demands', async () => {
    expect((await command('/stage', { to: 'accepted' })).stage).toBe('accepted');
    const unready = await run.request('POST', `/api/leads/${lead}/stage`, {
      to: 'sql',
      answers: { budget: 'approved' },
    });
    expect(unready.status).toBe(422);
    expect((await command('/stage', { to: 'sql', answers: { budget: 'approved', timelineDays: 30 } })).stage).toBe(
      'sql',
    );
    expect((await run.request('POST', `/api/leads/${lead}/stage`, { to: 'opportunity' })).status).toBe(422);
    expect((await command('/stage', { to: 'opportunity', amount: 42000, closeDate: '2027-01-31' })).stage).toBe(
      'opportunity',
    );
    expect((await command('/stage', { to: 'customer' })).stage).toBe('customer');
    const timeline = (await (await run.request('GET', `/api/leads/${lead}/timeline?limit=200`)).json()) as {
      items: { kind: string }[];
    };
    expect(new Set(timeline.items.map(({ kind }) => kind))).toEqual(
      new Set(['event', 'score', 'stage', 'assignment', 'signal', 'touch', 'attempt', 'clock', 'answer']),
    );
  });

  it('tells the webhook every change in order, signed', async () => {
    await run.settled();
    const stages = await readTopic(run.databaseUrl, topics.leadStages);
    await receiver.arrived(stages.length);
    const webhook = new Webhook(secret);
    const told = receiver.received.map(
      ({ body, headers }) => webhook.verify(body, headers) as { type: string; data: { to?: string } },
    );
    const moves = told.filter(({ type }) => type.includes('stage-changed')).map(({ data }) => data.to);
    expect(moves).toEqual(['lead', 'mql', 'accepted', 'sql', 'opportunity', 'customer']);
  });

  it('counts the lead in the funnel and its first touch in speed-to-lead', async () => {
    const funnel = (await (await run.request('GET', '/api/reports/funnel')).json()) as {
      groups: { stages: { stage: string; reached: number }[] }[];
    };
    expect(funnel.groups[0]?.stages.map(({ stage, reached }) => [stage, reached])).toEqual(
      expect.arrayContaining([
        ['lead', 1],
        ['mql', 1],
        ['customer', 1],
      ]),
    );
    const speed = (await (await run.request('GET', '/api/reports/speed-to-lead')).json()) as {
      groups: { leads: number; touched: number }[];
    };
    expect(speed.groups[0]).toMatchObject({ leads: 1, touched: 1 });
  });
}

describe('the journey of a lead', () => {
  describeJourney(() => Promise.resolve({}));
});

describeWithKafka('Kafka: the journey of a lead', () => {
  describeJourney(async () => ({
    kafka: { brokers: await testKafkaBrokers(), prefix: `journey-${randomUUID().slice(0, 8)}.` },
  }));
});

function sdk(run: TestRun): Analytics {
  return new Analytics({ writeKey: run.settings.writeKey, host: run.url, path: '/v1/batch', flushAt: 1 });
}
