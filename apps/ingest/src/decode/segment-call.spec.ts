import { describe, expect, it } from '@jest/globals';
import type { Reception } from './decoded-event.js';
import { decodeCall } from './segment-call.js';

const receivedAt = Date.parse('2026-03-02T12:00:00.000Z');
const reception: Reception = { receivedAt, trusted: false, newId: () => 'fresh' };
const trusted: Reception = { ...reception, trusted: true };

function eventOf(call: object, given: Reception = reception) {
  const result = decodeCall(call, null, given);
  if (!('event' in result)) throw new Error(`rejected: ${JSON.stringify(result.rejected)}`);
  return result.event;
}

function rejectionOf(call: unknown, given: Reception = reception) {
  const result = decodeCall(call, null, given);
  if ('event' in result) throw new Error(`taken: ${JSON.stringify(result.event)}`);
  return result.rejected;
}

describe('a Segment call', () => {
  it('becomes an event with its name, properties, page and campaign', () => {
    const event = eventOf({
      type: 'track',
      event: 'Signed Up',
      messageId: 'm1',
      anonymousId: 'a1',
      properties: { plan: 'pro' },
      context: { page: { path: '/x', url: 'https://acme.io/x' }, campaign: { name: 'spring', source: 'ads' } },
    });
    expect(event).toEqual({
      type: 'track',
      messageId: 'm1',
      at: receivedAt,
      anonymousId: 'a1',
      name: 'Signed Up',
      properties: { plan: 'pro' },
      page: { path: '/x', url: 'https://acme.io/x' },
      campaign: { name: 'spring', source: 'ads' },
    });
  });

  it('reads the page of a page call from its properties, with the path of the url and the campaign of its utm parameters', () => {
    const event = eventOf({
      type: 'page',
      userId: 'u',
      properties: { url: 'https://acme.io/p?utm_campaign=c&utm_source=s' },
    });
    expect(event.page).toEqual({ path: '/p', url: 'https://acme.io/p?utm_campaign=c&utm_source=s' });
    expect(event.campaign).toEqual({ name: 'c', source: 's' });
  });

  it.each([
    ['null', null],
    ['an empty text', ''],
    ['blanks', '  '],
  ])('takes a userId of %s for absent', (_name, userId) => {
    expect(eventOf({ type: 'page', userId, anonymousId: 'a' })).not.toHaveProperty('userId');
  });

  it('takes a number for an identifier as text', () => {
    expect(eventOf({ type: 'page', userId: 42 }).userId).toBe('42');
  });

  it.each([
    ['traits', { traits: { email: 'kim@acme.io' } }],
    ['context.traits', { context: { traits: { email: 'kim@acme.io' } } }],
  ])('reads the traits of an identify from %s', (_place, fields) => {
    expect(eventOf({ type: 'identify', anonymousId: 'a', ...fields }).traits).toEqual({ email: 'kim@acme.io' });
  });

  it('takes an empty list, which PHP sends for an empty object, as no properties', () => {
    expect(eventOf({ type: 'track', event: 'X', userId: 'u', properties: [] })).not.toHaveProperty('properties');
  });

  it.each([
    ['a call without a type', { userId: 'u' }, 'type'],
    ['an unknown type', { type: 'trakc', userId: 'u' }, 'type'],
    ['missing ids', { type: 'track', event: 'X' }, 'userId'],
    ['a track without an event', { type: 'track', userId: 'u' }, 'event'],
    ['a group without a groupId', { type: 'group', userId: 'u' }, 'groupId'],
    ['an alias without previousId', { type: 'alias', userId: 'u' }, 'previousId'],
    ['an identifier that is an object', { type: 'page', userId: {} }, 'userId'],
    ['an identifier of 256 characters', { type: 'page', userId: 'x'.repeat(256) }, 'userId'],
    ['a messageId of 100 characters', { type: 'page', userId: 'u', messageId: 'x'.repeat(100) }, 'messageId'],
    ['traits that are no object', { type: 'identify', userId: 'u', traits: 'x' }, 'traits'],
    ['properties that are no object', { type: 'track', event: 'X', userId: 'u', properties: [1] }, 'properties'],
    ['a context that is no object', { type: 'page', userId: 'u', context: 3 }, 'context'],
    ['a list', [], ''],
    ['null', null, ''],
    ['text', 'x', ''],
  ])('is rejected by name for %s', (_name, call, path) => {
    expect(rejectionOf(call).path).toBe(path);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('is rejected for the key %s wherever it stands', (key) => {
    const call = JSON.parse(`{"type":"page","userId":"u","properties":{"a":{"${key}":{"polluted":true}}}}`) as object;
    const rejected = rejectionOf(call);
    expect(rejected.path).toBe('properties.a');
    expect(rejected.reason).toContain(key);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('is rejected beyond 20 levels of nesting, however deep', () => {
    const deep = (levels: number) =>
      JSON.parse(`{"type":"page","userId":"u","properties":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`) as object;
    expect(eventOf(deep(20)).type).toBe('page');
    expect(rejectionOf(deep(21)).reason).toContain('20 levels');
    expect(rejectionOf(deep(4000)).reason).toContain('20 levels');
  });

  it('is rejected beyond 2,000 fields', () => {
    const properties = Object.fromEntries(Array.from({ length: 2001 }, (_, index) => [`k${index}`, 1]));
    expect(rejectionOf({ type: 'page', userId: 'u', properties }).reason).toContain('2000 fields');
  });

  it('loses its NUL characters and half surrogates, nothing else', () => {
    const event = eventOf({ type: 'track', event: 'A\0B', userId: 'u\0', properties: { 'k\0': ['\0', 'x\ud800'] } });
    expect(event).toMatchObject({ name: 'AB', userId: 'u', properties: { k: ['', 'x\ufffd'] } });
  });

  it('gets an id from its content when it carries a time, and a fresh one otherwise', () => {
    const timed = { type: 'page', userId: 'u', timestamp: '2026-03-01T00:00:00Z' };
    expect(eventOf({ ...timed, sentAt: '2026-03-01T00:00:01Z' }).messageId).toBe(eventOf({ ...timed }).messageId);
    expect(eventOf({ ...timed, name: 'other' }).messageId).not.toBe(eventOf(timed).messageId);
    expect(eventOf({ type: 'page', userId: 'u' }).messageId).toBe('fresh');
  });

  it('marks the traffic of bots and mail proxies by the browser agent it names, and no library', () => {
    const call = (userAgent: string) => ({ type: 'page', userId: 'u', context: { userAgent } });
    expect(eventOf(call('Mozilla/5.0 (compatible; Googlebot/2.1)')).automated).toBe('bot');
    expect(eventOf(call('Mozilla/5.0 (Windows NT 5.1) Firefox/11.0 (via ggpht.com GoogleImageProxy)')).automated).toBe(
      'mail-proxy',
    );
    expect(
      eventOf(call('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36')),
    ).not.toHaveProperty('automated');
    expect(eventOf({ type: 'page', userId: 'u', context: { library: { name: 'node' } } })).not.toHaveProperty(
      'automated',
    );
  });
});

describe('a sales event', () => {
  const call = { type: 'track', event: 'Call Logged', userId: 'u', properties: { outcome: 'connected', rep: 'ana' } };

  it('records an activity with a secret key', () => {
    expect(eventOf(call, trusted).activity).toEqual({
      kind: 'call',
      direction: 'outbound',
      outcome: 'connected',
      rep: 'ana',
    });
  });

  it('is an ordinary track event with a write key', () => {
    expect(eventOf(call)).not.toHaveProperty('activity');
  });

  it('must say how a call ended, because only a connected call is a touch', () => {
    expect(rejectionOf({ ...call, properties: {} }, trusted)).toMatchObject({ path: 'properties.outcome' });
  });

  it('records outcomes and leaves out what cannot be read', () => {
    const won = {
      type: 'track',
      event: 'Opportunity Won',
      userId: 'u',
      properties: { amount: '42000', closeDate: '2026-02-30' },
    };
    expect(eventOf(won, trusted).outcome).toEqual({ outcome: 'won', amount: 42000 });
  });

  it('is not fooled by names of object members', () => {
    expect(eventOf({ ...call, event: 'constructor' }, trusted)).not.toHaveProperty('activity');
  });
});

describe('the time of a call', () => {
  const at = (fields: object) => new Date(eventOf({ type: 'page', userId: 'u', ...fields }).at).toISOString();

  it.each([
    ['none: its receipt', {}, '2026-03-02T12:00:00.000Z'],
    ['a timestamp', { timestamp: '2026-03-01T10:00:00Z' }, '2026-03-01T10:00:00.000Z'],
    ['an offset', { timestamp: '2026-03-01T10:00:00+02:00' }, '2026-03-01T08:00:00.000Z'],
    ['no offset: UTC', { timestamp: '2026-03-01T10:00:00' }, '2026-03-01T10:00:00.000Z'],
    [
      'a clock a day ahead',
      { timestamp: '2026-03-03T11:00:00Z', sentAt: '2026-03-03T11:00:05Z' },
      '2026-03-02T11:59:55.000Z',
    ],
    [
      'a clock in 1990',
      { timestamp: '1990-01-01T00:00:00Z', sentAt: '1990-01-01T00:01:00Z' },
      '2026-03-02T11:59:00.000Z',
    ],
    [
      'originalTimestamp first',
      { originalTimestamp: '2026-03-01T10:00:00Z', timestamp: '2026-03-01T11:00:00Z' },
      '2026-03-01T10:00:00.000Z',
    ],
    ['the future: its receipt', { timestamp: '2036-03-01T10:00:00Z' }, '2026-03-02T12:00:00.000Z'],
    [
      'sent before it happened: its receipt',
      { timestamp: '2026-03-02T10:00:00Z', sentAt: '2026-03-02T09:00:00Z' },
      '2026-03-02T12:00:00.000Z',
    ],
    ['seconds since 1970', { timestamp: 1772359200 }, '2026-03-01T10:00:00.000Z'],
    ['milliseconds since 1970', { timestamp: 1772359200000 }, '2026-03-01T10:00:00.000Z'],
    ['no date at all: its receipt', { timestamp: 'yesterday' }, '2026-03-02T12:00:00.000Z'],
    ['an impossible month: its receipt', { timestamp: '2026-13-01T10:00:00Z' }, '2026-03-02T12:00:00.000Z'],
    ['an object: its receipt', { timestamp: {} }, '2026-03-02T12:00:00.000Z'],
    ['a year before clocks: its receipt', { timestamp: '0001-01-01T00:00:00Z' }, '2026-03-02T12:00:00.000Z'],
    ['an unreadable sentAt: as told', { timestamp: '2026-03-01T10:00:00Z', sentAt: 'x' }, '2026-03-01T10:00:00.000Z'],
  ])('is, with %s', (_name, fields, expected) => {
    expect(at(fields)).toBe(expected);
  });
});
