import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Analytics } from '@segment/analytics-node';
import { topics } from '@baton/contracts/topics';
import { readTopic } from '@baton/testing/topic-store';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { gzipSync } from 'node:zlib';
import { ingest } from '../service.js';

let run: TestRun;
const writeKey = 'the-write-key-of-a-test';
const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;

beforeAll(async () => {
  run = await runForTest([ingest]);
}, 60_000);
afterAll(() => run.stop());

function post(path: string, body: string | Buffer | object, headers: Record<string, string> = {}) {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return fetch(run.url + path, {
    method: 'POST',
    body: bytes,
    redirect: 'manual',
    headers: { authorization: basic(writeKey), ...headers },
  });
}

async function json(response: Response) {
  return { status: response.status, ...((await response.json()) as Record<string, unknown>) };
}

async function history(messageId: string): Promise<number> {
  await run.settled();
  const records = await readTopic(run.databaseUrl, topics.visitorEvents);
  return records.filter(({ envelope }) => (envelope.data as { eventId: string }).eventId.endsWith(`:${messageId}`))
    .length;
}

async function facts() {
  await run.settled();
  return (await readTopic(run.databaseUrl, topics.leadEvents)).map(({ envelope }) => envelope);
}

describe('the door', () => {
  it('takes the real Segment SDK and tells the anonymous history under the lead, in event-time order, once they identify', async () => {
    const analytics = new Analytics({ writeKey, host: run.url, flushAt: 3 });
    const anonymousId = 'browser-1';
    const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 10, minute));
    analytics.page({ anonymousId, name: 'Home', timestamp: at(1), properties: { path: '/', url: 'https://acme.io/' } });
    analytics.track({ anonymousId, event: 'Content Downloaded', timestamp: at(3) });
    analytics.page({ anonymousId, name: 'Pricing', timestamp: at(2), properties: { path: '/pricing' } });
    analytics.identify({
      anonymousId,
      userId: 'u1',
      timestamp: at(4),
      traits: { email: 'Kim@Acme.io', title: 'CTO', age: 44 },
    });
    analytics.group({
      userId: 'u1',
      groupId: 'acme',
      timestamp: at(5),
      traits: { domain: 'acme.io', employees: '220', industry: 'SaaS' },
    });
    analytics.screen({ userId: 'u1', name: 'Main', timestamp: at(6) });
    analytics.alias({ userId: 'u1', previousId: 'u1', timestamp: at(7) });
    await analytics.closeAndFlush();
    const told = await facts();
    expect(
      told.map(({ type, data, sequence }) => [type.split('.')[2], (data as { at: string }).at.slice(14, 16), sequence]),
    ).toEqual([
      ['engaged', '01', 1],
      ['engaged', '02', 2],
      ['engaged', '03', 3],
      ['identified', '04', 4],
      ['engaged', '04', 5],
      ['profile-updated', '05', 6],
      ['engaged', '05', 7],
      ['engaged', '06', 8],
    ]);
    expect(new Set(told.map(({ subject }) => subject)).size).toBe(1);
    expect(told[3]?.data).toMatchObject({
      userId: 'u1',
      email: 'kim@acme.io',
      anonymousIds: ['browser-1'],
      traits: { email: 'kim@acme.io', title: 'CTO', age: 44 },
      account: { domain: 'acme.io', freeMail: false },
    });
    expect(told[5]?.data).toMatchObject({
      account: { domain: 'acme.io', traits: { employees: { value: 220 }, industry: { value: 'SaaS' } } },
    });
  }, 60_000);
});

describe('a call', () => {
  const track = (messageId: string) => ({ anonymousId: 'v1', event: 'Seen', messageId });

  it.each(['identify', 'track', 'page', 'screen', 'group', 'alias', 'i', 't', 'p', 's', 'g', 'a'])(
    'is taken at /v1/%s',
    async (route) => {
      const call = { ...track(`route-${route}`), userId: 'u', groupId: 'g', previousId: 'p' };
      expect(await json(await post(`/v1/${route}`, call))).toEqual({ status: 200, success: true });
      expect(await history(`route-${route}`)).toBe(1);
    },
  );

  it.each([
    ['text/plain, as browsers send it', { 'content-type': 'text/plain;charset=UTF-8' }],
    ['application/x-www-form-urlencoded', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a content type that nobody knows', { 'content-type': 'x/y' }],
    ['broken content type', { 'content-type': ';;;' }],
  ])('is read under %s', async (_name, headers) => {
    expect(await json(await post('/v1/track', track(`type-${_name}`), headers))).toMatchObject({ success: true });
  });

  it('is read gzipped, labelled as a form, as RudderStack’s SDK sends it', async () => {
    const body = gzipSync(JSON.stringify({ batch: [{ type: 'track', ...track('gz') }] }));
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/x-www-form-urlencoded' };
    expect(await json(await post('/v1/batch', body, headers))).toEqual({ status: 200, success: true });
    expect(await history('gz')).toBe(1);
  });

  it.each([
    ['Basic with the key and a colon', { authorization: basic(writeKey) }, ''],
    ['Basic with the key alone', { authorization: `Basic ${Buffer.from(writeKey).toString('base64')}` }, ''],
    ['X-Write-Key', { authorization: '', 'x-write-key': writeKey }, ''],
    ['the address', { authorization: '' }, `?writeKey=${writeKey}`],
  ])('is let in by %s', async (_name, headers, query) => {
    expect((await post(`/v1/track${query}`, track('auth'), headers)).status).toBe(200);
  });

  it('is let in by the key in its body', async () => {
    expect((await post('/v1/track', { ...track('auth'), writeKey }, { authorization: '' })).status).toBe(200);
  });

  it.each([[''], [basic('another')], ['Bearer nobody'], ['Basic %%%']])(
    'is turned away with the authorization %j',
    async (authorization) => {
      const answer = await post('/v1/track', track('stranger'), { authorization });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await json(answer)).toMatchObject({ status: 401, title: 'Unknown write key' });
    },
  );

  it('that is sent again has effect once', async () => {
    const call = { userId: 'again', event: 'Seen', messageId: 'again' };
    for (let attempt = 0; attempt < 3; attempt++) await post('/v1/track', call);
    expect((await facts()).filter(({ id }) => id === 'default:again#engaged')).toHaveLength(1);
  });
});

describe('bad input', () => {
  const event = { type: 'track', event: 'X', anonymousId: 'bad' };
  const long = 'x'.repeat(33 * 1024);

  it.each([
    ['no body', '/v1/track', ''],
    ['broken JSON', '/v1/track', '{"a":'],
    ['an event above 32 KB', '/v1/track', JSON.stringify({ ...event, properties: { long } })],
    ['a batch above 500 KB', '/v1/batch', JSON.stringify({ batch: [event], long: long.repeat(16) })],
    ['a batch that is none', '/v1/batch', '[]'],
    ['bytes that are no gzip', '/v1/batch#gzip', 'plain'],
    ['an encoding nobody knows', '/v1/batch#zstd', 'plain'],
    ['a bomb', '/v1/batch#gzip', gzipSync(Buffer.alloc(50 * 1024 * 1024))],
    ['a form above its bound', '/v1/forms/f', 'a='.padEnd(300 * 1024, 'x')],
    ['a form of broken JSON', '/v1/forms/f', '{"a"'],
  ])('is refused with 400 and a sentence: %s', async (_name, path, body) => {
    const [route = '', encoding = ''] = path.split('#');
    const answer = await post(route, body, encoding === '' ? {} : { 'content-encoding': encoding });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await json(answer)).toMatchObject({
      status: 400,
      errors: [{ path: expect.stringMatching(/^\/body/), message: expect.any(String) }],
    });
  });

  it.each([
    ['missing ids', { anonymousId: null }, 'userId'],
    ['a track without an event', { event: '' }, 'event'],
    ['a forbidden key', JSON.parse('{"properties":{"__proto__":{"a":1}}}') as object, 'properties'],
    ['too deep', { properties: JSON.parse('{"a":'.repeat(30) + '1' + '}'.repeat(30)) as object }, 'properties'],
  ])('of one event is answered 200 with the field named: %s', async (_name, fault, field) => {
    const answer = (await json(await post('/v1/track', { ...event, ...fault }))) as {
      status: number;
      rejected: { path: string; reason: string }[];
    };
    expect(answer.status).toBe(200);
    expect(answer.rejected[0]?.path.split('.')[0]).toBe(field);
  });

  it('loses its bad event among good ones, and nobody else', async () => {
    const batch = [
      { ...event, messageId: 'good-1' },
      { ...event, event: 7, messageId: 'bad-1' },
      { ...event, messageId: 'good-2' },
    ];
    expect(await json(await post('/v1/batch', { batch }))).toEqual({
      status: 200,
      success: true,
      rejected: [{ messageId: 'bad-1', path: 'batch.1.event', reason: 'expected the name of the event' }],
    });
    expect([await history('good-1'), await history('bad-1'), await history('good-2')]).toEqual([1, 0, 1]);
  });

  it('of more than 2,500 events is answered 200 and takes none', async () => {
    const batch = Array.from({ length: 2501 }, () => ({ type: 'page', userId: 'u' }));
    expect(await json(await post('/v1/batch', { batch }))).toMatchObject({
      status: 200,
      rejected: [{ path: 'batch' }],
    });
  });

  it('with NUL characters goes all the way, without them', async () => {
    await post('/v1/identify', { userId: 'nul\0', messageId: 'nul', traits: { email: 'nul@acme.io', title: 'C\0TO' } });
    const told = (await facts()).find(({ id }) => id === 'default:nul#identified');
    expect(told?.data).toMatchObject({ userId: 'nul', traits: { title: 'CTO' } });
  });
});

describe('a pixel', () => {
  const data = (call: object) => Buffer.from(JSON.stringify(call)).toString('base64url');

  it.each([
    ['a good call', data({ writeKey, userId: 'u', event: 'Opened', messageId: 'pixel-1' }), 1],
    ['a call without a key', data({ userId: 'u', event: 'Opened', messageId: 'pixel-1' }), 0],
    ['nonsense', '%00', 0],
  ])('is an image for %s', async (_name, value, taken) => {
    const before = await history('pixel-1');
    const answer = await fetch(`${run.url}/v1/pixel/track?data=${value}`);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      200,
      'image/gif',
      'no-store',
    ]);
    expect(
      Buffer.from(await answer.arrayBuffer())
        .subarray(0, 6)
        .toString(),
    ).toBe('GIF89a');
    expect((await history('pixel-1')) - before).toBe(taken);
  });

  it('of RudderStack is taken from its query', async () => {
    await fetch(`${run.url}/pixel/v1/page?writeKey=${writeKey}&anonymousId=r1&messageId=rudder-1`);
    expect(await history('rudder-1')).toBe(1);
  });
});

describe('Snowplow', () => {
  it('posts to tp2 with its application id for a key, and gets by a pixel', async () => {
    const data = [{ e: 'pv', eid: 'sp-1', duid: 'd', aid: writeKey, url: 'https://acme.io/' }];
    const answer = await post('/com.snowplowanalytics.snowplow/tp2', { schema: 's', data }, { authorization: '' });
    expect(await json(answer)).toEqual({ status: 200, success: true });
    const pixel = await fetch(`${run.url}/i?e=pv&eid=sp-2&duid=d&aid=${writeKey}`);
    expect(pixel.headers.get('content-type')).toBe('image/gif');
    expect([await history('sp-1'), await history('sp-2')]).toEqual([1, 1]);
  });
});

describe('a form', () => {
  const form = { email: 'form@acme.io', firstName: 'Kim', budget: 'approved', messageId: 'form-1' };

  it('makes a lead of who fills it, with the answers as an event', async () => {
    const body = new URLSearchParams(form).toString();
    const answer = await post(`/v1/forms/demo?writeKey=${writeKey}`, body, {
      authorization: '',
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(await json(answer)).toEqual({ status: 200, success: true });
    const told = (await facts()).filter(({ id }) => id.startsWith('default:form-1#'));
    expect(told.map(({ id, data }) => [id, data])).toMatchObject([
      ['default:form-1#identified', { email: 'form@acme.io', traits: { name: 'Kim' } }],
      [
        'default:form-1#engaged',
        { event: { type: 'track', name: 'Form Submitted', properties: { form: 'demo', budget: 'approved' } } },
      ],
    ]);
  });

  it.each([
    ['/thanks', {}, 303],
    ['https://acme.io/thanks', { origin: 'https://acme.io' }, 303],
    ['https://acme.io/thanks', { referer: 'https://acme.io/demo' }, 303],
    ['https://evil.example/', { origin: 'https://acme.io' }, 200],
    ['//evil.example/', {}, 200],
    ['/\\evil.example', {}, 200],
    ['javascript:alert(1)', {}, 200],
    ['https://acme.io.evil.example', { origin: 'https://acme.io' }, 200],
  ])('that asks to go on to %s with %j answers %i', async (redirect, headers, status) => {
    const answer = await post('/v1/forms/demo', { email: 'r@acme.io', redirect }, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('location')).toBe(status === 303 ? redirect : null);
  });
});

describe('browsers of other sites', () => {
  it('may send whatever headers their SDK adds, with credentials, and read Retry-After', async () => {
    const headers = {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,x-retry-count,rsa-retry-attempt',
    };
    const preflight = await fetch(`${run.url}/v1/t`, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'authorization,x-retry-count,rsa-retry-attempt',
      'access-control-max-age': '7200',
      vary: 'Origin',
    });
    const answer = await post('/v1/t', { anonymousId: 'a', event: 'X' }, { origin: 'https://shop.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
    const refused = await post('/v1/t', '{', { origin: 'https://shop.example' });
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://shop.example');
  });

  it('get settings that keep Segment’s SDK here', async () => {
    const settings = await json(await fetch(`${run.url}/v1/projects/${writeKey}/settings`));
    expect(settings).toMatchObject({
      metrics: { sampleRate: 0 },
      integrations: { 'Segment.io': { apiKey: writeKey, apiHost: `${new URL(run.url).host}/v1`, protocol: 'http' } },
    });
    expect((await post('/v1/m', '{"series":[]}', { authorization: '' })).status).toBe(200);
    expect((await fetch(`${run.url}/sourceConfig/?p=npm&v=3&writeKey=${writeKey}`)).status).toBe(200);
  });
});

describe('an import', () => {
  const batch = ['A', 'B', 'C'].map((stage, index) => ({
    type: 'stage',
    historic: true,
    userId: 'case-1',
    stage: ['lead', 'mql', 'sql'][index],
    timestamp: `2011-10-0${index + 1}T00:00:00+02:00`,
  }));

  it('with the secret key brings history under its own source, once however often it is sent', async () => {
    const send = () => run.request('POST', '/v1/import', { source: 'bank-queue', batch });
    expect(await json(await send())).toEqual({ status: 200, success: true });
    expect(await json(await send())).toEqual({ status: 200, success: true });
    const told = (await facts()).filter(({ data }) =>
      (data as { eventId?: string }).eventId?.startsWith('bank-queue:'),
    );
    expect(
      told.map(({ type, time, data }) => [type.split('.')[2], time, (data as { historic?: true }).historic]),
    ).toEqual([
      ['identified', '2011-09-30T22:00:00.000Z', true],
      ['stage-imported', '2011-09-30T22:00:00.000Z', true],
      ['stage-imported', '2011-10-01T22:00:00.000Z', true],
      ['stage-imported', '2011-10-02T22:00:00.000Z', true],
    ]);
  });

  it('with a write key takes calls and no history', async () => {
    expect(await json(await post('/v1/import', { batch }))).toMatchObject({
      rejected: [{ path: 'batch.0.type' }, {}, {}],
    });
  });

  it('with an impossible source is refused', async () => {
    expect(await json(await run.request('POST', '/v1/import', { source: 'Bank Queue', batch }))).toMatchObject({
      status: 400,
      errors: [{ path: '/body/source' }],
    });
  });
});

describe('sales', () => {
  it('record activities on a lead; the answer says whether it was a touch, and the same id records once', async () => {
    await post('/v1/identify', { userId: 'sold', messageId: 'sold', traits: { email: 'sold@acme.io' } });
    const lead = (await facts()).find(({ id }) => id === 'default:sold#identified')?.subject ?? '';
    const call = { kind: 'call', outcome: 'connected', rep: 'ana', id: 'call-1', note: 'nice' };
    for (let attempt = 0; attempt < 2; attempt++) {
      const answer = await run.request('POST', `/api/leads/${lead}/activities`, call);
      expect(await json(answer)).toMatchObject({ status: 200, lead, id: 'activities:call-1', touch: true });
    }
    const told = (await facts()).filter(({ subject }) => subject === lead);
    expect(told.map(({ id, sequence }) => [id, sequence])).toEqual([
      ['default:sold#identified', 1],
      ['default:sold#engaged', 2],
      ['activities:call-1#engaged', 3],
      ['activities:call-1#activity-recorded', 4],
    ]);
    expect(told[3]?.data).toMatchObject({
      activity: { kind: 'call', direction: 'outbound', outcome: 'connected', rep: 'ana' },
      by: 'rep:ana',
    });
  });

  it('get 404 for a lead that does not exist and 400 for an activity that does not', async () => {
    expect(
      (await run.request('POST', '/api/leads/nobody/activities', { kind: 'call', outcome: 'connected' })).status,
    ).toBe(404);
    expect(
      await json(await run.request('POST', '/api/leads/nobody/activities', { kind: 'fax', outcome: 'sent' })),
    ).toMatchObject({ status: 400, errors: [{ path: '/body/kind' }] });
  });

  it('report outcomes by track events with the secret key, never with a write key', async () => {
    const won = { userId: 'sold', event: 'Opportunity Won', properties: { amount: 42000 } };
    await post('/v1/track', { ...won, messageId: 'won-secret' }, { authorization: basic(run.settings.adminToken) });
    await post('/v1/track', { ...won, messageId: 'won-public' });
    const kinds = (await facts()).filter(({ id }) => /won-(secret|public)#/.test(id)).map(({ id }) => id);
    expect(kinds.toSorted()).toEqual([
      'default:won-public#engaged',
      'server:won-secret#engaged',
      'server:won-secret#outcome-recorded',
    ]);
  });
});

describe('the start page', () => {
  it('shows the key, the address and what has arrived', async () => {
    await post('/v1/page', { anonymousId: 'start' });
    await run.settled();
    expect(await json(await run.request('GET', '/api/start'))).toEqual({
      status: 200,
      writeKey,
      url: run.url,
      arrived: { page: true, identify: true, form: true, import: true, lead: true },
    });
  });
});
