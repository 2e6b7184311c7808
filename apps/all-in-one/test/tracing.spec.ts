import { topics } from '@baton/contracts/topics';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { runForTest, type TestRun, type TestRunOptions } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { services } from '../src/services.js';
import { receiveTraces, type ReceivedSpan, type TraceReceiver } from './trace-receiver.js';
import { receiveWebhooks, type WebhookReceiver } from './webhook-receiver.js';

const playbookFile = fileURLToPath(new URL('playbook.yaml', import.meta.url));
const caller = '00f067aa0ba902b7';
const anonymousId = 'browser-of-kim';

/** Every step of a lead from the form to whoever is told, as `service: name`. */
const journey = [
  'ingest: POST /v1/forms/:formId',
  'ingest: process visitor.events',
  'scoring: process lead.events',
  'qualification: process lead.events',
  'routing: process lead.stages',
  'sla-monitor: process lead.stages',
  'sla-monitor: process lead.assignments',
  'reporting: process lead.events',
  'reporting: process lead.scores',
  'reporting: process lead.stages',
  'reporting: process lead.assignments',
  'reporting: process sla.clocks',
  'connectors: process lead.stages',
  'connectors: process sla.clocks',
  'connectors: POST webhook',
];

const newTraceId = (): string => randomUUID().replaceAll('-', '');
const stepOf = ({ service, name }: ReceivedSpan): string => `${service}: ${name}`;

function describeTracing(settings: () => Promise<TestRunOptions['settings']>): void {
  let run: TestRun;
  let traces: TraceReceiver;
  let webhooks: WebhookReceiver;

  beforeAll(async () => {
    traces = await receiveTraces();
    webhooks = await receiveWebhooks();
    const tracing = { endpoint: traces.endpoint, sampler: 'parentbased_always_on', ratio: 1 } as const;
    const pages: TestRunOptions['pages'] = async (fastify) => void fastify.get('/a-page', () => 'of the console');
    run = await runForTest(services, { settings: { ...(await settings()), tracing, playbookFile }, pages });
    const connector = { kind: 'webhook', name: 'traced', url: webhooks.url, allowPrivate: true };
    expect((await run.request('POST', '/api/connectors', connector)).ok).toBe(true);
  }, 60_000);

  afterAll(async () => {
    await run?.stop();
    await webhooks?.close();
    await traces?.close();
  });

  const post = (path: string, body: object, traceparent: string) =>
    fetch(run.url + path, {
      method: 'POST',
      headers: { 'x-write-key': run.settings.writeKey, 'content-type': 'application/json', traceparent },
      body: JSON.stringify(body),
    });

  const spansOf = (traceId: string) => traces.spans.filter((span) => span.traceId === traceId);

  it('shows one connected trace from the form to the webhook, below the caller’s own', async () => {
    const traceId = newTraceId();
    for (let visit = 0; visit < 3; visit += 1)
      await post('/v1/page', { anonymousId, properties: { path: '/pricing' } }, `00-${newTraceId()}-${caller}-01`);
    await run.settled();
    const form = { email: 'kim@acme.example', message: 'Leads wait for days', anonymousId };
    expect((await post('/v1/forms/demo', form, `00-${traceId}-${caller}-01`)).status).toBe(200);
    await traces.until(() => journey.every((step) => spansOf(traceId).some((span) => stepOf(span) === step)));
    const spans = spansOf(traceId);
    const known = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter(({ parentSpanId }) => parentSpanId === caller).map(stepOf)).toEqual([journey[0]]);
    expect(spans.filter(({ parentSpanId }) => parentSpanId !== caller && !known.has(parentSpanId))).toEqual([]);
    expect(webhooks.received.map(({ headers }) => headers['traceparent'] ?? '')).toContainEqual(
      expect.stringContaining(traceId),
    );
    const [{ key: lead } = { key: '' }] = (await readTopic(run.databaseUrl, topics.leadStages)).slice(-1);
    expect(spans.find((span) => stepOf(span) === 'scoring: process lead.events')?.attributes['baton.lead']).toBe(lead);
    expect(JSON.stringify(spans)).not.toContain('kim@');
  }, 60_000);

  it('makes a command and what it sets off one trace', async () => {
    const [{ key: lead } = { key: '' }] = (await readTopic(run.databaseUrl, topics.leadStages)).slice(-1);
    const traceId = newTraceId();
    const headers = { traceparent: `00-${traceId}-${caller}-01` };
    const moved = await run.request('POST', `/api/leads/${lead}/stage`, { to: 'accepted' }, headers);
    expect([moved.status, await moved.json()]).toMatchObject([200, {}]);
    const steps = [
      'qualification: POST /api/leads/:id/stage',
      'reporting: process lead.stages',
      'connectors: POST webhook',
    ];
    await traces.until(() => steps.every((step) => spansOf(traceId).some((span) => stepOf(span) === step)));
  }, 60_000);

  it('leaves out what its caller does not sample, all the way', async () => {
    const traceId = newTraceId();
    const form = { email: 'lee@acme.example', message: 'None', anonymousId: 'browser-of-lee' };
    expect((await post('/v1/forms/demo', form, `00-${traceId}-${caller}-00`)).status).toBe(200);
    await run.settled();
    const marker = newTraceId();
    await post('/v1/page', { anonymousId: 'marker', properties: { path: '/' } }, `00-${marker}-${caller}-01`);
    await traces.until(() => spansOf(marker).length > 1);
    expect(spansOf(traceId)).toEqual([]);
    const traced = (await readTopic(run.databaseUrl, topics.leadEvents)).filter(({ envelope }) =>
      envelope.traceparent?.includes(traceId),
    );
    expect(traced).toEqual([]);
  }, 60_000);

  it('leaves out what no service serves: pages, and addresses that nobody knows', async () => {
    const traceId = newTraceId();
    const headers = { traceparent: `00-${traceId}-${caller}-01` };
    expect((await fetch(`${run.url}/a-page`, { headers })).status).toBe(200);
    expect((await fetch(`${run.url}/nowhere`, { headers })).status).toBe(404);
    expect((await fetch(`${run.url}/v1/nowhere`, { method: 'POST', headers })).status).toBe(404);
    const marker = newTraceId();
    await post('/v1/page', { anonymousId: 'marker', properties: { path: '/' } }, `00-${marker}-${caller}-01`);
    await traces.until(() => spansOf(marker).some((span) => stepOf(span) === 'ingest: POST /v1/page'));
    expect(spansOf(traceId)).toEqual([]);
  }, 60_000);
}

describe('a trace over PostgreSQL', () => describeTracing(() => Promise.resolve({})));

describeWithKafka('Kafka: a trace', () =>
  describeTracing(async () => ({
    kafka: { brokers: await testKafkaBrokers(), prefix: `trace-${randomUUID().slice(0, 8)}.` },
  })),
);
