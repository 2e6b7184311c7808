import { type TestRun, runForTest } from '@baton/testing/run-service';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { counting, noting } from './toy-services.js';

let run: TestRun;
beforeAll(async () => {
  run = await runForTest([noting, counting], {
    pages: async (fastify) => void fastify.get('/', async () => 'console'),
  });
}, 30_000);
afterAll(() => run?.stop());

const anonymous = (path: string, init: RequestInit = {}) => fetch(run.url + path, init);
const json = { 'content-type': 'application/json' };

interface Body {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly { path: string; message: string }[];
  readonly [extension: string]: unknown;
}

async function problemOf(response: Response): Promise<Body> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const body = (await response.json()) as Body;
  expect(body.status).toBe(response.status);
  return body;
}

describe('a served route', () => {
  it('answers with its own status and validated input', async () => {
    const response = await run.request('POST', '/api/toys/kim', { times: 1 });
    expect([response.status, await response.json()]).toEqual([201, { by: 'admin' }]);
  });

  it('applies defaults and reads numbers from the query', async () => {
    await run.request('POST', '/api/toys/ada', { times: 2 });
    await run.settled();
    expect(await (await run.request('GET', '/api/toys/ada')).json()).toEqual({ n: 2 });
    expect(await (await run.request('GET', '/api/toys/ada?factor=3')).json()).toEqual({ n: 6 });
  });

  it('shows a command to whoever reads after it', async () => {
    for (let round = 1; round <= 20; round += 1) {
      const written = await run.request('POST', '/api/toys/own-write', { times: 1 });
      const after = written.headers.get('baton-after');
      expect(await (await run.request('GET', `/api/toys/own-write?after=${after}`)).json()).toEqual({ n: round });
    }
  });

  it('says that an answer is stale when what was asked for does not come', async () => {
    const never = Buffer.from(JSON.stringify({ 'lead.events': { 0: 1_000_000 } })).toString('base64url');
    const answered = await run.request('GET', `/api/toys/nobody?after=${never}`);
    expect(await answered.json()).toEqual({ n: 0, stale: true });
  }, 15_000);

  it.each(['x', 'bnVsbA', Buffer.from('{"a":{"b":"c"}}').toString('base64url')])(
    'refuses %s as a token to read after',
    async (after) => {
      const { status, errors } = await problemOf(await run.request('GET', `/api/toys/kim?after=${after}`));
      expect([status, errors?.[0]?.path]).toEqual([400, '/query/after']);
    },
  );
});

describe('bad input', () => {
  it('is answered with every field at fault', async () => {
    const response = await run.request('POST', '/api/toys/kim', { times: 9, text: 5, more: true });
    const { status, errors } = await problemOf(response);
    expect([status, errors?.map(({ path }) => path).toSorted()]).toEqual([
      400,
      ['/body/more', '/body/text', '/body/times'],
    ]);
  });

  it.each([
    ['wrong JSON', '{"times":', 400],
    ['a prototype in JSON', '{"times":1,"__proto__":{"role":"admin"}}', 400],
    ['a NUL character', '{"times":1,"text":"\\u0000"}', 400],
    ['half a surrogate pair', '{"times":1,"text":"\\ud800"}', 400],
    ['too deep a nesting', `{"times":1,"text":${'['.repeat(500)}${']'.repeat(500)}}`, 400],
    ['no object', '"text"', 400],
    ['null', 'null', 400],
    ['nothing at all', '', 400],
    ['a body above a mebibyte', `{"times":1,"text":"${'x'.repeat(1024 * 1024)}"}`, 413],
  ])('%s is a problem, never a failure', async (_what, body, status) => {
    expect((await problemOf(await run.request('POST', '/api/toys/kim', body, json))).status).toBe(status);
  });

  it('of an unknown content type is refused', async () => {
    const response = await run.request('POST', '/api/toys/kim', '<a/>', { 'content-type': 'text/xml' });
    expect((await problemOf(response)).status).toBe(415);
  });

  it.each(['/api/toys/%E0%A4%A', '/api/toys/%zz', '/%'])('in the URL %s is refused', async (path) => {
    expect((await problemOf(await run.request('GET', path))).status).toBe(400);
  });

  it('that the database cannot store is the caller’s to mend', async () => {
    expect((await problemOf(await anonymous('/api/toy-faults/number'))).status).toBe(400);
  });

  it.each(['/api/unknown', '/api', '/nowhere', '/api/toys'])(
    'asking for %s is answered 404 as a problem',
    async (path) => {
      const { status, detail } = await problemOf(await run.request('GET', path));
      expect([status, detail]).toEqual([404, expect.stringContaining(`GET ${path}`)]);
    },
  );
});

describe('failures', () => {
  it('of ours say nothing of what is inside', async () => {
    const body = await problemOf(await anonymous('/api/toy-faults/bug'));
    expect(body.status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  it('carry extensions and when to try again', async () => {
    const response = await anonymous('/api/toy-faults/busy');
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await problemOf(response)).toMatchObject({
      status: 429,
      possible: ['later'],
      type: '/problems/too-many-requests',
    });
  });
});

describe('access', () => {
  const signIn = (token: string) =>
    anonymous('/api/session', { method: 'POST', headers: json, body: JSON.stringify({ token }) });
  const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? '';

  it('is refused without a key, with a wrong one and with the write key', async () => {
    for (const authorization of [
      undefined,
      'Bearer wrong',
      `Bearer ${run.settings.writeKey}`,
      'Basic eDp5',
      'Bearer',
    ]) {
      const response = await anonymous('/api/toys/kim', authorization ? { headers: { authorization } } : {});
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect((await problemOf(response)).status).toBe(401);
    }
  });

  it('comes with a session after signing in with the admin token, and ends with signing out', async () => {
    const response = await signIn(run.settings.adminToken);
    expect(response.status).toBe(204);
    const cookie = cookieOf(response);
    const current = await anonymous('/api/session', { headers: { cookie } });
    expect(await current.json()).toEqual({ role: 'admin', name: 'admin' });
    const signedOut = await anonymous('/api/session', { method: 'DELETE', headers: { cookie } });
    expect([signedOut.status, cookieOf(signedOut)]).toEqual([204, 'baton_session=']);
  });

  it('is refused with a wrong token at sign-in', async () => {
    expect((await problemOf(await signIn('wrong'))).status).toBe(401);
  });

  it('lets a session change things from the console, but from no other site', async () => {
    const cookie = cookieOf(await signIn(run.settings.adminToken));
    const change = (headers: Record<string, string>) =>
      anonymous('/api/toys/kim', { method: 'POST', headers: { ...json, cookie, ...headers }, body: '{"times":1}' });
    expect((await change({ origin: run.url, 'sec-fetch-site': 'same-origin' })).status).toBe(201);
    expect((await change({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await change({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await change({ origin: 'null' })).status).toBe(403);
  });
});

describe('the process', () => {
  it('says that it lives and is ready', async () => {
    expect(await (await anonymous('/health/live')).json()).toEqual({ status: 'live' });
    expect(await (await anonymous('/health/ready')).json()).toMatchObject({
      status: 'ready',
      checks: { topics: 'ok' },
    });
  });

  it('measures answers by route, not by path', async () => {
    await run.request('GET', '/api/toys/somebody');
    const text = await (await anonymous('/metrics')).text();
    expect(text).toContain('route="/api/toys/:id"');
    expect(text).not.toContain('somebody');
  });

  it('documents what it serves', async () => {
    const { openapi, paths } = (await (await anonymous('/docs')).json()) as { openapi: string; paths: object };
    expect(openapi).toBe('3.1.0');
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/toys/{id}', '/api/session', '/health/ready']));
  });

  it('serves the pages it was given', async () => {
    expect(await (await anonymous('/')).text()).toBe('console');
  });

  it('hands raw bodies of any type to a service’s own routes, whose problems look like all others', async () => {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const response = await anonymous('/v1/raw', {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{not json',
      });
      expect(await response.json()).toEqual({ bytes: 9, unit: 'object' });
    }
    expect((await problemOf(await anonymous('/v1/problem', { method: 'POST' }))).status).toBe(422);
  });
});

describe('stopping', () => {
  it('ends live streams instead of waiting for them', async () => {
    const other = await runForTest([noting, counting]);
    const stream = await other.request('GET', '/api/toy-stream');
    const reader = stream.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('event: hello\n\n');
    const [, rest] = await Promise.all([other.stop(), reader.read()]);
    expect(rest.done).toBe(true);
  }, 30_000);
});
