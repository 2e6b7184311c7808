import { describe, expect, it } from '@jest/globals';
import { type Reception, isRefusal } from './decoded-event.js';
import { decodePixel, readPixelData, readRudderPixel } from './pixel.js';

const reception: Reception = {
  receivedAt: Date.parse('2026-03-02T12:00:00.000Z'),
  trusted: false,
  newId: () => 'fresh',
};
const call = { writeKey: 'wk', userId: 'u', event: 'Email Opened', properties: { mail: 'ü' } };
const json = JSON.stringify(call);

describe('a pixel', () => {
  it.each([
    ['base64url', Buffer.from(json).toString('base64url')],
    ['base64', Buffer.from(json).toString('base64')],
    ['plain JSON', json],
  ])('carries its call in %s', (_name, data) => {
    const read = readPixelData(data);
    if (isRefusal(read)) throw new Error('refused');
    expect(read['writeKey']).toBe('wk');
    const { events } = decodePixel(read, 'track', reception);
    expect(events).toEqual([
      {
        type: 'track',
        messageId: 'fresh',
        at: reception.receivedAt,
        userId: 'u',
        name: 'Email Opened',
        properties: { mail: 'ü' },
      },
    ]);
  });

  it.each([[undefined], [''], ['%%%'], ['bm90IGpzb24'], [['a', 'b']], ['[1]'], [`{"a":"${'x'.repeat(33 * 1024)}"}`]])(
    'refuses %j',
    (data) => {
      expect(readPixelData(data)).toMatchObject({ refused: { path: 'data' } });
    },
  );
});

describe('RudderStack’s pixel', () => {
  it('carries its call in plain query parameters', () => {
    const fields = readRudderPixel({
      writeKey: 'wk',
      anonymousId: 'a',
      event: 'Seen',
      'properties.mail': 'm1',
      context: '{"page":{"path":"/x"}}',
    });
    expect(decodePixel(fields, 'track', reception).events).toMatchObject([
      { anonymousId: 'a', name: 'Seen', properties: { mail: 'm1' }, page: { path: '/x' } },
    ]);
  });
});
