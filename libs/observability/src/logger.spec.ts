import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import { Health } from './health.js';
import { Metrics } from './metrics.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger({ to: { write: (line: string) => void lines.push(line) } }));
  return lines.join('');
}

function parseError(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

describe('the logger', () => {
  it('writes one line of JSON with the message and the fields', () => {
    const line = logged((logger) => logger.with({ service: 'scoring' }).info('lead scored', { points: 5 }));
    expect(JSON.parse(line)).toMatchObject({ level: 'info', service: 'scoring', message: 'lead scored', points: 5 });
  });

  it.each([
    ['an e-mail field', { email: 'kim@acme.io' }, 'kim@'],
    ['an e-mail inside a text', { detail: 'Key (email)=(kim@acme.io) exists' }, 'kim@'],
    ['a name', { traits: { firstName: 'Kim', last_name: 'Deal' } }, 'Kim'],
    ['a phone number', { lead: { phone: '+49 30 123' } }, '123'],
    ['a token', { adminToken: 'abc' }, 'abc'],
    ['an authorization header', { headers: { Authorization: 'Bearer abc' } }, 'abc'],
    ['a write key', { writeKey: 'abc' }, 'abc'],
    ['the credentials of a URL', { url: 'postgres://baton:hunter2@db/baton' }, 'hunter2'],
    ['the message of an error', { error: new Error('no lead kim@acme.io') }, 'kim@'],
    ['the cause of an error', { error: new Error('failed', { cause: new Error('kim@acme.io') }) }, 'kim@'],
    ['a list', { leads: [{ email: 'kim@acme.io' }] }, 'kim@'],
    ['the name beside an e-mail address', { email: 'Kim Deal <kim@acme.io>' }, 'Kim'],
    ['a phone number that is a number', { phone: 4930123456 }, '4930123456'],
    ['a name in parts', { traits: { name: { first: 'Kim', others: ['Ann'] } } }, 'Kim'],
    ['the address of a caller', { remoteAddress: '203.0.113.7' }, '203.0.113.7'],
    ['the address that a proxy tells', { headers: { 'x-forwarded-for': '203.0.113.7' } }, '203.0.113.7'],
    ['a password with an @', { url: 'postgres://baton:hunt@er2@db/baton' }, 'er2'],
    ['the write key of an address', { url: '/v1/pixel/page?writeKey=abc&event=x' }, 'abc'],
    ['a token of an address', { url: 'https://crm.example/hook?access_token=abc' }, 'abc'],
    ['the e-mail of an address', { url: '/api/leads?email=kim%40acme.io' }, 'kim%40'],
    ['the name of an address', { url: '/v1/pixel/identify?first_name=Kim' }, 'Kim'],
    ['the authorization in a text', { text: 'sent Authorization: Basic a2V5OnNlY3JldA== and failed' }, 'a2V5OnNl'],
    ['a bearer token in a text', { text: 'refused Bearer eyJhbGciOi.J9' }, 'eyJhbGciOi'],
    ['a secret in JSON in a text', { text: 'sent {"writeKey":"abc"}' }, 'abc'],
    ['the values of a unique key', { detail: 'Key (source, last_name)=(shop, Deal) already exists.' }, 'Deal'],
    ['a value that a column refuses', { error: new Error('invalid input syntax for type bigint: "Kim"') }, 'Kim'],
    ['the beginning of what is no JSON', { error: parseError('Kim Deal called') }, 'Kim'],
    [
      'the middle of what is no JSON',
      { error: parseError(`{"a":"${'b'.repeat(40)}" Kim Deal ${'c'.repeat(40)}}`) },
      'Kim',
    ],
  ])('hides %s', (_what, fields, hidden) => {
    const line = logged((logger) => logger.error('failed', fields));
    expect(line).toContain('failed');
    expect(line).not.toContain(hidden);
  });

  it('keeps the domain of an e-mail address, which says which account it was', () => {
    expect(logged((logger) => logger.info('seen', { email: 'kim@acme.io' }))).toContain('k…@acme.io');
  });

  it.each([
    'connect ECONNREFUSED 10.0.0.7:5432',
    'check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD',
    'GET /v1/pixel/page?event=Opened answered 503',
    'duplicate key value violates unique constraint "leads_pkey"',
    'Expected double-quoted property name in JSON at position 3 (line 1 column 4)',
  ])('leaves what an operator needs: %s', (text) => {
    expect(JSON.parse(logged((logger) => logger.warn('failed', { reason: text })))).toMatchObject({ reason: text });
  });

  it('cuts a text that would take long to read, for people and for the masks', () => {
    expect(logged((logger) => logger.info('seen', { text: 'a'.repeat(1_000_000) })).length).toBeLessThan(6_000);
  });

  it('writes nothing below its level', () => {
    expect(logged((logger) => logger.debug('chatter'))).toBe('');
  });
});

describe('metrics', () => {
  it('answers the text of Prometheus and the same metric for the same name', async () => {
    const metrics = new Metrics();
    const definition = { name: 'baton_events_total', help: 'Events taken', labels: ['source'] as const };
    metrics.counter(definition).inc({ source: 'site' });
    metrics.counter(definition).inc({ source: 'site' });
    metrics.gauge({ name: 'baton_queue_length', help: 'Waiting', read: () => 7 });
    const text = await metrics.text();
    expect(text).toContain('baton_events_total{source="site"} 2');
    expect(text).toContain('baton_queue_length 7');
  });
});

describe('health', () => {
  it('is ready only when every check holds, and says what does not', async () => {
    const health = new Health();
    health.check('database', () => {});
    expect(await health.ready()).toEqual({ ready: true, checks: { database: 'ok' } });
    health.check('topics', () => Promise.reject(new Error('not yet subscribed')));
    expect(await health.ready()).toEqual({ ready: false, checks: { database: 'ok', topics: 'not yet subscribed' } });
  });

  it('stays ready without a helper, and says so', async () => {
    const health = new Health();
    health.checkHelper('redis', () => Promise.reject(new Error('not reachable')));
    expect(await health.ready()).toEqual({ ready: true, checks: { redis: 'degraded: not reachable' } });
  });
});
