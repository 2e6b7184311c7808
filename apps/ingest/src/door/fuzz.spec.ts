import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics } from '@baton/contracts/topics';
import { openDatabase } from '@baton/persistence/open-database';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import fc from 'fast-check';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { ingest } from '../service.js';

let run: TestRun;
beforeAll(async () => {
  run = await runForTest([ingest]);
}, 60_000);
afterAll(() => run.stop());

const paths = [
  ...[
    'track',
    'identify',
    'page',
    'group',
    'alias',
    't',
    'batch',
    'b',
    'import',
    'm',
    'forms/demo',
    'forms/%00',
    'nothing',
  ].map((path) => `/v1/${path}`),
  ...[
    '/v1/pixel/track',
    '/v1/pixel/nothing',
    '/pixel/v1/page',
    '/beacon/v1/batch',
    '/sourceConfig/',
    '/v1/projects/x/settings',
  ],
  ...['/api/start', '/api/leads/x/activities', '/api/leads/%F0%28/activities'],
  ...['/com.snowplowanalytics.snowplow/tp2', '/i', '/baton.js'],
];
const nasty = fc.constantFrom(
  '\0',
  '\ud800',
  '',
  '__proto__',
  'constructor',
  '2026-13-01',
  '1e999',
  '{',
  '[[[[',
  'x'.repeat(3000),
  '💥',
);
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), nasty);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, 0, -1, 1e308),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
})).value;
const some = (good: fc.Arbitrary<unknown>) => fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: json });
const call = fc.record(
  {
    type: some(fc.constantFrom('track', 'page', 'identify', 'group', 'alias', 'stage', 'activity', 'outcome')),
    event: some(fc.constantFrom('X', 'Call Logged', 'Opportunity Lost')),
    userId: some(fc.constantFrom('u1', 'u2', 'u3', 'kim@acme.io')),
    anonymousId: some(fc.constantFrom('a1', 'a2', 'a3')),
    previousId: some(fc.constantFrom('u1', 'u2', 'a1')),
    groupId: some(fc.constantFrom('g1', 'acme.io')),
    timestamp: some(fc.date({ noInvalidDate: true }).map((date) => date.toISOString())),
    traits: some(
      fc.record(
        {
          email: some(fc.constantFrom('a@acme.io', 'b@acme.io', 'c@gmail.com')),
          employees: json,
          country: json,
          company: json,
          domain: json,
        },
        { requiredKeys: [] },
      ),
    ),
    properties: some(fc.dictionary(text, json, { maxKeys: 3 })),
    context: some(fc.record({ page: json, campaign: json, traits: json, userAgent: text }, { requiredKeys: [] })),
    historic: fc.boolean(),
    stage: some(fc.constantFrom('mql', 'customer')),
    activity: some(fc.record({ kind: some(fc.constant('call')), outcome: some(fc.constant('connected')) })),
    outcome: some(fc.constantFrom('won', 'connected')),
    kind: some(fc.constant('call')),
  },
  { requiredKeys: [] },
);
const written = fc.oneof(
  { weight: 6, arbitrary: call.map((value) => JSON.stringify(value)) },
  fc
    .record({
      batch: some(fc.array(call, { maxLength: 6 })),
      sentAt: json,
      context: json,
      source: some(fc.constantFrom('crm', 'web')),
    })
    .map((value) => JSON.stringify(value)),
  json.map((value) => JSON.stringify(value)),
  text,
);
const body = fc.oneof(
  written.map((value) => ({ bytes: Buffer.from(value), encoding: undefined })),
  written.map((value) => ({ bytes: gzipSync(value), encoding: 'gzip' })),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ bytes: Buffer.from(bytes), encoding: 'gzip' })),
);
const input = fc.record({
  method: fc.oneof(
    { weight: 6, arbitrary: fc.constant('POST') },
    { weight: 2, arbitrary: fc.constant('GET') },
    { weight: 1, arbitrary: fc.constantFrom('OPTIONS', 'HEAD', 'PUT', 'DELETE') },
  ),
  path: fc.oneof(fc.constantFrom(...paths), fc.constantFrom('/v1/track', '/v1/identify', '/v1/group', '/v1/import')),
  query: fc.oneof(
    fc.constant(''),
    text.map((value) => `?data=${encodeURIComponent(value.toWellFormed())}`),
    fc.constantFrom('?%', '?data=%zz', '?writeKey[]=x&data=e30'),
  ),
  key: fc.constantFrom('write', 'write', 'secret', 'none'),
  type: fc.constantFrom(
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=b',
    'multipart/form-data',
    ';',
    'a/b; charset=',
  ),
  body,
});
type Input = typeof input extends fc.Arbitrary<infer Value> ? Value : never;

function send({ method, path, query, key, type, body: { bytes, encoding } }: Input): Promise<number> {
  const { writeKey, adminToken } = run.settings;
  const authorization = {
    write: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
    secret: `Bearer ${adminToken}`,
    none: '',
  }[key];
  const headers = {
    authorization,
    'content-type': type,
    'content-length': bytes.length,
    ...(encoding && { 'content-encoding': encoding }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(run.url + path + query, { method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end(bytes);
  });
}

describe('whatever is sent to the door', () => {
  it('is never answered with a 5xx, and whatever is taken can be handled', async () => {
    const statuses = new Map<number, number>();
    const holds = async (inputs: Input[]) => {
      for (const status of await Promise.all(inputs.map(send))) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect(status).toBeGreaterThanOrEqual(200);
        expect(status).toBeLessThan(500);
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(input, { minLength: 25, maxLength: 25 }), holds), {
      numRuns: 140,
      endOnFailure: true,
    });
    await run.settled();
    const database = await openDatabase({ url: run.databaseUrl, schema: 'ingest', poolSize: 1 });
    const buried = await database.query('select reason from dead_letters').finally(() => database.close());
    expect(buried).toEqual([]);
    expect(statuses.get(200)).toBeGreaterThan(300);
    expect((await readTopic(run.databaseUrl, topics.leadEvents)).length).toBeGreaterThan(100);
  }, 120_000);
});
