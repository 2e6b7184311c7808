import { leadErased } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import type { Settings } from '@baton/service-kit/settings';
import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { runForTest, type TestRun } from '@baton/testing/run-service';
import { rowsWith } from '@baton/testing/stored-rows-store';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { services } from '../src/services.js';
import { receiveWebhooks, type WebhookReceiver } from './webhook-receiver.js';

const zoe = 'zoe.quist@acme.example';
/** Everything that Zoe told of herself and that a text search can find. */
const traces = ['zoe', 'quist', 'browser-of', 'u-77', 'leads wait for days'];

const patience = 180_000;

type Carrier = () => Promise<Partial<Settings>>;

function erasesEverywhere(carrier: Carrier): void {
  let run: TestRun;
  let receiver: WebhookReceiver;
  let erased: { leads: string[]; deleted: { events: number } };

  beforeAll(async () => {
    run = await runForTest(services, { settings: await carrier() });
    receiver = await receiveWebhooks();
    const webhook = { kind: 'webhook', name: 'crm', url: receiver.url, allowPrivate: true };
    await run.request('POST', '/api/connectors', webhook);
    await becomeCustomer();
  }, patience);

  afterAll(async () => {
    await run?.stop();
    await receiver?.close();
  });

  async function send(...batch: readonly object[]): Promise<void> {
    expect((await run.request('POST', '/v1/batch', { batch })).status).toBe(200);
    await run.settled();
  }

  /** An anonymous visit, a form, a user id of another lead that is absorbed, a call, moves, answers. */
  async function becomeCustomer(): Promise<void> {
    const visitor = { anonymousId: 'browser-of-zoe' };
    await send({ type: 'page', ...visitor, properties: { path: '/pricing', url: 'https://acme.example/pricing' } });
    await fetch(`${run.url}/v1/forms/demo?writeKey=${run.settings.writeKey}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: zoe, name: 'Zoe Quist', message: 'Leads wait for days', ...visitor }),
    });
    await send({ type: 'identify', userId: 'u-77', traits: { title: 'VP Operations' } });
    await send({ type: 'identify', userId: 'u-77', traits: { email: zoe } });
    await send({ type: 'identify', userId: 'other', traits: { email: 'lee@acme.example', company: { size: 90 } } });
    const lead = await leadOf(zoe);
    const call = { kind: 'call', direction: 'outbound', outcome: 'voicemail', rep: 'ana', note: 'Zoe Quist is away' };
    await run.request('POST', `/api/leads/${lead}/activities`, call);
    await run.request('POST', `/api/leads/${lead}/stage`, { to: 'accepted' });
    await run.request('POST', `/api/leads/${lead}/assign`, { to: 'team:inbound', note: 'for Zoe' });
    await run.settled();
  }

  async function leadOf(email: string): Promise<string> {
    const response = await run.request('GET', `/api/leads?email=${encodeURIComponent(email)}`);
    const { items } = (await response.json()) as { items: { id: string }[] };
    return items[0]?.id ?? '';
  }

  async function traced(): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    for (const { name } of services) {
      for (const trace of traces) {
        for (const table of Object.keys(await rowsWith(run.databaseUrl, name, trace)))
          (found[name] ??= []).push(`${table}: ${trace}`);
      }
    }
    return found;
  }

  it(
    'finds them everywhere before',
    async () => {
      expect(Object.keys(await traced())).toEqual(
        expect.arrayContaining(['ingest', 'scoring', 'qualification', 'reporting']),
      );
    },
    patience,
  );

  it(
    'leaves nothing of them in any table of any service, and their account and colleagues as they were',
    async () => {
      const colleague = await leadOf('lee@acme.example');
      const response = await run.request('POST', '/api/privacy/erase', { email: zoe });
      expect(response.status).toBe(200);
      erased = (await response.json()) as typeof erased;
      expect(erased.leads).toHaveLength(2);
      await run.settled();
      expect(await traced()).toEqual({});
      expect(await leadOf('lee@acme.example')).toBe(colleague);
      for (const lead of erased.leads) {
        for (const path of ['', '/timeline', '/explanation'])
          expect((await run.request('GET', `/api/leads/${lead}${path}`)).status).toBe(404);
        for (const path of ['/stage', '/activities', '/assign'])
          expect((await run.request('POST', `/api/leads/${lead}${path}`, bodies[path])).status).toBe(404);
      }
    },
    patience,
  );

  const bodies: Record<string, object> = {
    '/stage': { to: 'sql' },
    '/activities': { kind: 'call', outcome: 'connected', rep: 'ana' },
    '/assign': { to: 'team:inbound' },
  };

  it('keeps of the lead itself its id alone, where what is still read of it must be known and dropped', async () => {
    const [lead = ''] = erased.leads;
    const where = await Promise.all(
      services.map(async ({ name }) => [name, await rowsWith(run.databaseUrl, name, lead)] as const),
    );
    expect(Object.fromEntries(where)).toEqual({
      ingest: {},
      scoring: { leads: 1, lead_bases: 1 },
      qualification: { leads: 1, lead_bases: 1 },
      routing: {},
      'sla-monitor': { leads: 1 },
      reporting: { departed: 1, snapshots: 1 },
      connectors: { lanes: 1, deliveries: expect.any(Number) as unknown },
    });
  });

  it('ends the lead in every topic, numbered without a gap', async () => {
    const [lead] = erased.leads;
    const last = async (topic: Parameters<typeof readTopic>[1]) => {
      const facts = (await readTopic(run.databaseUrl, topic)).filter(({ key }) => key === lead);
      const numbers = facts.map(({ envelope }) => envelope.sequence);
      expect({ topic: topic.name, numbers }).toEqual({ topic: topic.name, numbers: numbers.map((_, at) => at + 1) });
      return facts.at(-1)?.envelope;
    };
    expect((await last(topics.leadEvents))?.type).toBe(leadErased.type);
    expect((await last(topics.leadStages))?.type).toBe(leadErased.type);
    expect(await last(topics.leadAssignments)).toMatchObject({
      type: 'baton.lead.unassigned.v1',
      data: { why: 'erased', previous: { team: 'inbound' } },
    });
    expect(await last(topics.slaClocks)).toMatchObject({ type: 'baton.clock.cancelled.v1' });
    expect((await last(topics.leadSnapshots))?.data).toBeNull();
  });

  it('tells the webhooks the end', async () => {
    const ends = ['baton.lead.erased.v1', 'baton.lead.unassigned.v1', 'baton.clock.cancelled.v1'];
    await receiver.until((received) => ends.every((type) => received.some(({ body }) => body.includes(type))));
  });

  it(
    'takes and drops what still comes of them',
    async () => {
      await send({ type: 'identify', userId: 'u-77', traits: { email: zoe, name: 'Zoe Quist' } });
      await send({ type: 'page', anonymousId: 'browser-of-zoe', properties: { path: '/pricing' } });
      expect(await leadOf(zoe)).toBe('');
      expect(await traced()).toEqual({});
    },
    patience,
  );
}

describe('erasing a person who was a lead in every service', () => {
  describe('on PostgreSQL', () => erasesEverywhere(() => Promise.resolve({})));

  describeWithKafka('on Kafka', () =>
    erasesEverywhere(async () => ({
      kafka: { brokers: await testKafkaBrokers(), prefix: `erasure-${randomBytes(4).toString('hex')}.` },
    })),
  );
});
