import { describe, expect, it } from '@jest/globals';
import type { Reception } from './decoded-event.js';
import { isRefusal } from './decoded-event.js';
import { decodeSnowplow } from './snowplow.js';

const receivedAt = Date.parse('2026-03-02T12:00:00.000Z');
const reception: Reception = { receivedAt, trusted: false, newId: () => 'fresh' };

function decoded(...data: unknown[]) {
  const result = decodeSnowplow(
    { schema: 'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4', data },
    reception,
  );
  if (isRefusal(result)) throw new Error(result.refused.message);
  return result;
}

const common = {
  eid: 'e1',
  duid: 'd1',
  uid: 'u1',
  dtm: String(receivedAt + 60_000),
  stm: String(receivedAt + 90_000),
  aid: 'wk',
};
const described = JSON.stringify({
  schema: 'iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0',
  data: { schema: 'iglu:io.acme/demo_requested/jsonschema/1-0-0', data: { seats: 5 } },
});

describe('Snowplow’s tracker protocol', () => {
  it.each([
    [
      'a page view',
      { e: 'pv', url: 'https://acme.io/p', page: 'P' },
      { type: 'page', name: 'P', page: { path: '/p', url: 'https://acme.io/p', title: 'P' } },
    ],
    [
      'a structured event',
      { e: 'se', se_ca: 'video', se_ac: 'play', se_va: '3' },
      { type: 'track', name: 'play', properties: { category: 'video', value: '3' } },
    ],
    [
      'a self-describing event',
      { e: 'ue', ue_pr: described },
      { type: 'track', name: 'demo_requested', properties: { seats: 5 } },
    ],
    [
      'one in base64url',
      { e: 'ue', ue_px: Buffer.from(described).toString('base64url') },
      { type: 'track', name: 'demo_requested' },
    ],
  ])('brings %s, on the client’s corrected clock', (_name, fields, expected) => {
    const { events } = decoded({ ...common, ...fields });
    expect(events).toMatchObject([
      { ...expected, messageId: 'e1', userId: 'u1', anonymousId: 'd1', at: receivedAt - 30_000 },
    ]);
  });

  it.each([[{ ...common, e: 'tr' }], [{ ...common, e: 'ue', ue_pr: '{' }], ['x'], [null]])(
    'rejects %j alone',
    (bad) => {
      const { events, rejected } = decoded(bad, { ...common, e: 'pv' });
      expect([events.length, rejected.map(({ path }) => path)]).toEqual([1, ['data.0.e']]);
    },
  );

  it.each([[null], [{}], [{ data: {} }]])('refuses %j', (payload) => {
    expect(decodeSnowplow(payload, reception)).toMatchObject({ refused: { path: 'data' } });
  });
});
