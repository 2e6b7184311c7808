import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import { Health } from './health.js';
import { Metrics } from './metrics.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger({ to: { write: (line: string) => void lines.push(line) } }));
  return lines.join('');
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
  ])('hides %s', (_what, fields, hidden) => {
    const line = logged((logger) => logger.error('failed', fields));
    expect(line).toContain('failed');
    expect(line).not.toContain(hidden);
  });

  it('keeps the domain of an e-mail address, which says which account it was', () => {
    expect(logged((logger) => logger.info('seen', { email: 'kim@acme.io' }))).toContain('k…@acme.io');
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
