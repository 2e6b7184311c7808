import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Connector, type Delivery, connectorsRoutes } from '@baton/contracts/http/connectors';
import { topics } from '@baton/contracts/topics';
import type { Publication } from '@baton/messaging/record';
import { type TraceSpan, traceWith } from '@baton/observability/spans';
import { openDatabase } from '@baton/persistence/open-database';
import type { Database } from '@baton/persistence/sql';
import { eventually } from '@baton/testing/eventually';
import { type Feed, feedAs } from '@baton/testing/feed';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { Value } from '@sinclair/typebox/value';
import type { TSchema } from '@sinclair/typebox';
import { Webhook } from 'standardwebhooks';
import { connectors } from '../src/service.js';
import { Receiver } from './receiver.js';

/** The wall clock, and how far a test has moved it ahead. */
let ahead = 0;
const clock = (): number => Date.now() + ahead;
const minute = 60_000;

let run: TestRun;
let qualification: Feed;
let routing: Feed;
let database: Database;
let receiver: Receiver;
beforeAll(async () => {
  run = await runForTest([connectors], { clock });
  qualification = await feedAs(run, 'qualification');
  routing = await feedAs(run, 'routing');
  database = await openDatabase({ url: run.databaseUrl, schema: 'connectors', poolSize: 1 });
}, 30_000);
afterAll(async () => {
  await Promise.all([qualification.close(), routing.close(), database.close()]);
  await run.stop();
});
beforeEach(async () => {
  ahead = 0;
  receiver = await Receiver.open();
});
afterEach(async () => {
  for (const { id } of (await call<{ items: Connector[] }>('GET', '/api/connectors')).items) {
    await run.request('DELETE', `/api/connectors/${id}`);
  }
  await receiver.close();
});

async function call<Body>(
  method: string,
  path: string,
  { body, schema, status = 200 }: { body?: unknown; schema?: TSchema; status?: number } = {},
): Promise<Body> {
  const response = await run.request(method, path, body);
  const answer = (await response.json()) as Body;
  expect([response.status, answer]).toEqual([status, answer]);
  if (schema) expect([...Value.Errors(schema, answer)]).toEqual([]);
  return answer;
}

const connect = (over: Record<string, unknown> = {}) =>
  call<Required<Connector>>('POST', '/api/connectors', {
    body: { name: 'CRM', url: receiver.url, allowPrivate: true, ...over },
    schema: connectorsRoutes.create.response,
    status: 201,
  });

const deliveriesOf = async ({ id }: Pick<Connector, 'id'>, query = '') =>
  (
    await call<{ items: Delivery[] }>('GET', `/api/connectors/${id}/deliveries${query}`, {
      schema: connectorsRoutes.deliveries.response,
    })
  ).items;

/** Asks until the deliveries are as wished: results are stored a moment after the receiver has answered. */
async function until(connector: Connector, wished: (items: Delivery[]) => boolean): Promise<Delivery[]> {
  for (;;) {
    const items = await deliveriesOf(connector);
    if (wished(items)) return items;
  }
}

let made = 0;
function stageChanged(lead: string, over: Record<string, unknown> = {}): Publication {
  made += 1;
  const data = { from: 'lead', to: 'mql', cycle: 1, at: '2026-03-02T09:00:00.000Z', ...over };
  return {
    topic: topics.leadStages,
    key: lead,
    type: 'baton.lead.stage-changed.v1',
    id: `change-${made}`,
    time: '2026-03-02T09:00:00.000Z',
    data,
    sequence: made,
  };
}

/** A step of a trace that tells of its end. */
function recorded(name: string, ended: (step: { name: string; error?: unknown }) => void): TraceSpan {
  return {
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-01',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    hasEnded: false,
    note: () => undefined,
    end: (error) => ended({ name, error }),
  };
}

describe('webhooks', () => {
  it('carry a fact to its receiver, signed so that the reference library accepts it', async () => {
    const { secret, ...connector } = await connect();
    await qualification.publish(stageChanged('kim'));
    const [received] = await receiver.got(1);
    if (!received) throw new Error('nothing came');
    const message = new Webhook(secret).verify(received.body, received.headers as Record<string, string>);
    expect(message).toMatchObject({
      type: 'baton.lead.stage-changed.v1',
      timestamp: '2026-03-02T09:00:00.000Z',
      data: { lead: 'kim', from: 'lead', to: 'mql', sequence: made },
    });
    const [delivery] = await until(connector, ([first]) => first?.state === 'delivered');
    expect(delivery).toMatchObject({
      id: received.headers['webhook-id'],
      attempts: 1,
      lastStatus: 204,
      nextAttemptAt: null,
    });
    expect(delivery?.id).not.toContain('.');
  });

  it('go out only for the topics a connector wants, and never for imported history', async () => {
    const connector = await connect({ topics: ['lead.stages'] });
    const assigned = {
      topic: topics.leadAssignments,
      key: 'kim',
      type: 'baton.lead.assigned.v1',
      id: 'assigned-1',
      time: '2026-03-02T09:00:00.000Z',
      sequence: 1,
    };
    await routing.publish({ ...assigned, data: { cycle: 1, owner: { rep: 'ana', team: null } } });
    await qualification.publish(stageChanged('old', { historic: true }), stageChanged('kim'));
    const items = await until(connector, ([first]) => first?.state === 'delivered');
    expect(items).toHaveLength(1);
    expect(receiver.received.map(({ body }) => (JSON.parse(body) as { data: { lead: string } }).data.lead)).toEqual([
      'kim',
    ]);
  });

  it('are tried again under the same id, each attempt signed anew, when the receiver fails', async () => {
    const connector = await connect();
    receiver.answering = (_received, response) => response.writeHead(500).end();
    await qualification.publish(stageChanged('kim'));
    const [failed] = await until(connector, ([first]) => first?.attempts === 1);
    expect(failed).toMatchObject({ state: 'pending', lastStatus: 500, lastError: 'answered 500' });
    const wait = Date.parse(failed?.nextAttemptAt ?? '') - clock();
    expect(wait).toBeGreaterThan(3_000);
    expect(wait).toBeLessThanOrEqual(5_500);
    receiver.answering = (_received, response) => response.writeHead(200).end();
    const [, again] = await receiver.got(2);
    expect(again?.headers['webhook-id']).toBe(receiver.received[0]?.headers['webhook-id']);
    expect(Number(again?.headers['webhook-timestamp'])).toBeGreaterThan(
      Number(receiver.received[0]?.headers['webhook-timestamp']),
    );
    await until(connector, ([first]) => first?.state === 'delivered' && first.attempts === 2);
  }, 20_000);

  it('keep the order of a lead: the next goes out only when the former has arrived; other leads do not wait', async () => {
    const connector = await connect();
    receiver.answering = ({ body }, response) => {
      const isFirst = body.includes('"to":"mql"') && body.includes('"lead":"kim"');
      response.writeHead(isFirst ? 503 : 200).end();
    };
    await qualification.publish(stageChanged('kim'), stageChanged('kim', { to: 'accepted' }), stageChanged('lee'));
    await until(
      connector,
      (items) => items.some(({ state }) => state === 'delivered') && items.some(({ lastStatus }) => lastStatus === 503),
    );
    const waiting = await deliveriesOf(connector, '?lead=kim');
    expect(waiting.map(({ attempts, nextAttemptAt }) => [attempts, nextAttemptAt !== null])).toEqual([
      [0, false],
      [1, true],
    ]);
    receiver.answering = (_received, response) => response.writeHead(200).end();
    await call('POST', `/api/connectors/${connector.id}/deliveries/${waiting[1]?.id}/retry`, {
      schema: connectorsRoutes.retry.response,
      status: 202,
    });
    await until(connector, (items) => items.every(({ state }) => state === 'delivered'));
    const stages = receiver.received
      .map(({ body }) => (JSON.parse(body) as { data: { lead: string; to: string } }).data)
      .filter(({ lead }) => lead === 'kim');
    expect(stages.map(({ to }) => to)).toEqual(['mql', 'mql', 'accepted']);
  });

  it('wait as long as the receiver asks', async () => {
    const connector = await connect();
    receiver.answering = (_received, response) => response.writeHead(429, { 'retry-after': '900' }).end();
    await qualification.publish(stageChanged('kim'));
    const [failed] = await until(connector, ([first]) => first?.attempts === 1);
    expect(Date.parse(failed?.nextAttemptAt ?? '') - clock()).toBeGreaterThan(890_000);
  });

  it('are given up after ten attempts, and the next one of the lead goes on', async () => {
    const connector = await connect();
    receiver.answering = ({ body }, response) => response.writeHead(body.includes('"to":"mql"') ? 500 : 200).end();
    await qualification.publish(stageChanged('kim'), stageChanged('kim', { to: 'accepted' }));
    await until(connector, (items) => items.some(({ attempts }) => attempts === 1));
    for (let attempt = 2; attempt <= 10; attempt += 1) {
      ahead += 27 * 60 * minute;
      await qualification.publish(stageChanged(`other-${attempt}`, { to: 'sql' }));
      await until(connector, (items) => items.some(({ attempts }) => attempts === attempt));
    }
    const items = await until(connector, (all) => all.every(({ state }) => state !== 'pending'));
    expect(items.filter(({ lead }) => lead === 'kim').map(({ state }) => state)).toEqual(['delivered', 'given-up']);
  }, 30_000);

  it('stop when the receiver is gone for good, and go on when the connector is enabled again', async () => {
    const connector = await connect();
    receiver.answering = (_received, response) => response.writeHead(410).end();
    await qualification.publish(stageChanged('kim'), stageChanged('lee'));
    const path = `/api/connectors/${connector.id}`;
    for (;;) {
      const { enabled, disabledReason } = await call<Connector>('GET', path);
      if (enabled) continue;
      expect(disabledReason).toContain('410');
      break;
    }
    const asked = receiver.received.length;
    ahead += 60 * minute;
    await qualification.publish(stageChanged('max'));
    expect(await deliveriesOf(connector, '?lead=max')).toEqual([]);
    expect(receiver.received.length).toBe(asked);
    receiver.answering = (_received, response) => response.writeHead(200).end();
    const body = { name: 'CRM', url: receiver.url, allowPrivate: true };
    expect(await call('PUT', path, { body })).toMatchObject({ enabled: true, disabledReason: null });
    const items = await until(connector, (all) => all.every(({ state }) => state === 'delivered'));
    expect(items.map(({ lead }) => lead).sort()).toEqual(['kim', 'lee']);
  });

  it('go out again under the same id when the process died with them in hand', async () => {
    const connector = await connect({ enabled: true });
    let answered = 0;
    receiver.answering = (_received, response) => {
      answered += 1;
      // The first answer never comes: what the sender would have stored about it is lost with the sender.
      if (answered > 1) response.writeHead(200).end();
    };
    await qualification.publish(stageChanged('kim'));
    await receiver.got(1);
    ahead += 2 * minute;
    await qualification.publish(stageChanged('wake'));
    await receiver.got(3);
    const ofKim = receiver.received.filter(({ body }) => body.includes('"lead":"kim"'));
    expect(new Set(ofKim.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(ofKim).toHaveLength(2);
    await until(connector, (items) => items.every(({ state }) => state === 'delivered'));
  });

  it('of an erased lead are forgotten; its end is told', async () => {
    const connector = await connect();
    receiver.answering = (_received, response) => response.writeHead(500).end();
    await qualification.publish(stageChanged('gone', { traits: { name: 'Kim Lee' } }));
    await until(connector, ([first]) => first?.attempts === 1);
    receiver.answering = (_received, response) => response.writeHead(200).end();
    await routing.publish({
      topic: topics.leadAssignments,
      key: 'gone',
      type: 'baton.lead.unassigned.v1',
      id: 'unassigned-1',
      time: '2026-03-02T09:00:00.000Z',
      data: { at: '2026-03-02T09:00:00.000Z', previous: { rep: 'ana', team: null }, why: 'erased' },
      sequence: 2,
    });
    const items = await until(connector, (all) => all.every(({ state }) => state === 'delivered'));
    expect(items.map(({ type }) => type)).toEqual(['baton.lead.unassigned.v1']);
  });

  it('are kept in the database without their secret, and without a body once they have arrived', async () => {
    const { secret, ...connector } = await connect();
    await qualification.publish(stageChanged('kim'));
    await until(connector, ([first]) => first?.state === 'delivered');
    const stored = await database.query('select c.*, d.body from connectors c join deliveries d on d.connector = c.id');
    expect(stored).toHaveLength(1);
    expect(stored[0]?.['body']).toBeNull();
    expect(JSON.stringify(stored)).not.toContain(secret.slice('whsec_'.length));
  });
});

describe('connectors over HTTP', () => {
  it('show a secret once and never again', async () => {
    const { id, secret } = await connect();
    expect(secret).toMatch(/^whsec_/);
    expect(await call('GET', `/api/connectors/${id}`, { schema: connectorsRoutes.get.response })).not.toHaveProperty(
      'secret',
    );
    expect(
      JSON.stringify(await call('GET', '/api/connectors', { schema: connectorsRoutes.list.response })),
    ).not.toContain(secret);
  });

  it('send a test message and say how it went', async () => {
    const { id, secret } = await connect();
    expect(await call('POST', `/api/connectors/${id}/test`, { schema: connectorsRoutes.test.response })).toMatchObject({
      delivered: true,
      status: 204,
      error: null,
    });
    const [received] = receiver.received;
    expect(
      new Webhook(secret).verify(received?.body ?? '', (received?.headers ?? {}) as Record<string, string>),
    ).toMatchObject({ type: 'baton.test.v1' });
    receiver.answering = (_received, response) => response.writeHead(404).end();
    expect(await call('POST', `/api/connectors/${id}/test`)).toMatchObject({
      delivered: false,
      status: 404,
      error: 'answered 404',
    });
  });

  it('sign with the former secret beside a new one', async () => {
    const { id, secret: former } = await connect();
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    await call('PUT', `/api/connectors/${id}`, {
      body: { name: 'CRM', url: receiver.url, allowPrivate: true, secret },
    });
    await call('POST', `/api/connectors/${id}/test`);
    const { body, headers } = receiver.received[0] ?? { body: '', headers: {} };
    for (const key of [former, secret])
      expect(new Webhook(key).verify(body, headers as Record<string, string>)).toBeDefined();
  });

  it('refuse to reach a private address that was not allowed', async () => {
    const { id } = await connect({ url: receiver.url.replace('http:', 'https:'), allowPrivate: false });
    const tested = await call<{ delivered: boolean; error: string }>('POST', `/api/connectors/${id}/test`);
    expect(tested).toMatchObject({ delivered: false, status: null });
    expect(tested.error).toContain('private address');
    expect(receiver.received).toEqual([]);
  });

  it.each([
    [{ url: 'ftp://example.com' }, '/body/url'],
    [{ url: 'http://example.com', allowPrivate: false }, '/body/url'],
    [{ url: 'https://user:pass@example.com' }, '/body/url'],
    [{ url: 'nowhere' }, '/body/url'],
    [{ secret: 'short' }, '/body/secret'],
    [{ topics: [] }, '/body/topics'],
    [{ topics: ['lead.scores'] }, '/body/topics/0'],
    [{ colour: 'red' }, '/body/colour'],
    [{ name: '' }, '/body/name'],
  ])('name the field at fault in %j', async (over, field) => {
    const body = { name: 'CRM', url: 'https://example.com/hook', allowPrivate: true, ...over };
    const problem = await call<{ errors: { path: string }[] }>('POST', '/api/connectors', { body, status: 400 });
    expect(problem.errors.map(({ path }) => path)).toContain(field);
  });

  it('page through deliveries, newest first, and tell those by state', async () => {
    const connector = await connect();
    await qualification.publish(...Array.from({ length: 7 }, (_, index) => stageChanged(`lead-${index}`)));
    await until(connector, (items) => items.length === 7 && items.every(({ state }) => state === 'delivered'));
    const leads: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: Delivery[]; next: string | null } = await call(
        'GET',
        `/api/connectors/${connector.id}/deliveries?limit=3${cursor && `&cursor=${cursor}`}`,
      );
      leads.push(...page.items.map(({ lead }) => lead));
      cursor = page.next;
    }
    expect([...leads].sort()).toEqual(Array.from({ length: 7 }, (_, index) => `lead-${index}`));
    expect(new Set(leads).size).toBe(7);
    expect(await deliveriesOf(connector, '?state=given-up')).toEqual([]);
  });

  it('answer 404 and 409 with what to do', async () => {
    const connector = await connect();
    await call('GET', '/api/connectors/none', { status: 404 });
    await call('POST', `/api/connectors/${connector.id}/deliveries/none/retry`, { status: 404 });
    await qualification.publish(stageChanged('kim'));
    const [delivery] = await until(connector, ([first]) => first?.state === 'delivered');
    const refused = await call<{ detail: string }>(
      'POST',
      `/api/connectors/${connector.id}/deliveries/${delivery?.id}/retry`,
      { status: 409 },
    );
    expect(refused.detail).toContain('has arrived');
  });

  it('end their step of the trace also when they come to no result', async () => {
    const steps: { readonly name: string; error?: unknown }[] = [];
    const endTracing = traceWith({ startSpan: ({ name }) => recorded(name, (step) => void steps.push(step)) });
    const { id } = await connect();
    await database.query(`update connectors set secret = 'sealed elsewhere' where id = $1`, [id]);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await qualification.publish({ ...stageChanged('kim'), traceparent });
    await eventually('the step ends', () => steps.some(({ name }) => name === 'POST webhook'));
    endTracing();
    expect(steps.find(({ name }) => name === 'POST webhook')?.error).toBeInstanceOf(Error);
  });

  it('are open to administrators alone', async () => {
    expect((await fetch(`${run.url}/api/connectors`)).status).toBe(401);
  });
});
