import { describe, expect, it } from '@jest/globals';
import { decodeImportItem } from './import-item.js';
import { type Reception, isRefusal } from './decoded-event.js';
import { decodeBatch } from './segment-batch.js';

const receivedAt = Date.parse('2026-03-02T12:00:00.000Z');
let ids = 0;
const reception: Reception = { receivedAt, trusted: false, newId: () => `fresh-${(ids += 1)}` };

function decoded(body: object, options: { trusted?: boolean; import?: boolean } = {}) {
  const given = { ...reception, trusted: options.trusted ?? false };
  const bytes = Buffer.byteLength(JSON.stringify(body));
  const result = decodeBatch(body, given, { bytes, ...(options.import && { decode: decodeImportItem }) });
  if (isRefusal(result)) throw new Error(`refused: ${result.refused.message}`);
  return result;
}

describe('a batch', () => {
  it('gives each item the common context, whose fields give way to the item’s own', () => {
    const { events } = decoded({
      context: { campaign: { name: 'common' }, page: { path: '/common' } },
      batch: [
        { type: 'track', event: 'A', userId: 'u' },
        { type: 'track', event: 'B', userId: 'u', context: { page: { path: '/own' } } },
      ],
    });
    expect(events.map(({ campaign, page }) => [campaign?.name, page?.path])).toEqual([
      ['common', '/common'],
      ['common', '/own'],
    ]);
  });

  it('corrects each item by the batch’s sentAt unless it has one of its own', () => {
    const timestamp = '2026-03-02T11:00:00Z';
    const { events } = decoded({
      sentAt: '2026-03-02T11:30:00Z',
      batch: [
        { type: 'page', userId: 'u', timestamp },
        { type: 'page', userId: 'u', timestamp, sentAt: '2026-03-02T11:10:00Z' },
      ],
    });
    expect(events.map(({ at }) => (receivedAt - at) / 60_000)).toEqual([30, 10]);
  });

  it('rejects a bad event alone, by its place in the list', () => {
    const { events, rejected } = decoded({
      batch: [
        { type: 'page', userId: 'a' },
        { type: 'track', userId: 'b', messageId: 'bad' },
        7,
        { type: 'page', userId: 'c' },
      ],
    });
    expect(events.map(({ userId }) => userId)).toEqual(['a', 'c']);
    expect(rejected).toEqual([
      { messageId: 'bad', path: 'batch.1.event', reason: 'expected the name of the event' },
      { path: 'batch.2', reason: 'expected an object' },
    ]);
  });

  it('rejects an event above 32 KB alone', () => {
    const { events, rejected } = decoded({
      batch: [
        { type: 'page', userId: 'a', properties: { text: 'x'.repeat(33 * 1024) } },
        { type: 'page', userId: 'b' },
      ],
    });
    expect(events.map(({ userId }) => userId)).toEqual(['b']);
    expect(rejected[0]?.reason).toContain('32 KB');
  });

  it('takes 2,500 events and rejects all of a batch of more', () => {
    const batch = (length: number) => ({ batch: Array.from({ length }, () => ({ type: 'page', userId: 'u' })) });
    expect(decoded(batch(2500)).events).toHaveLength(2500);
    expect(decoded(batch(2501))).toMatchObject({ events: [], rejected: [{ path: 'batch' }] });
  });

  it.each([[null], [[]], ['x'], [{}], [{ batch: {} }], [{ batch: null }]])('of %j is refused as a whole', (body) => {
    expect(decodeBatch(body, reception, { bytes: 10 })).toMatchObject({ refused: {} });
  });

  it('does not let an own key __proto__ in the context of an item through', () => {
    const body = JSON.parse(
      '{"context":{"a":1},"batch":[{"type":"page","userId":"u","context":{"__proto__":{"polluted":1}}}]}',
    ) as object;
    expect(decoded(body).rejected[0]?.reason).toContain('__proto__');
  });
});

describe('an import', () => {
  const item = {
    type: 'stage',
    historic: true,
    userId: 'case-1',
    timestamp: '2011-10-01T08:00:00+02:00',
    stage: 'mql',
    owner: 'rep:ana',
  };
  const imported = (...batch: object[]) => decoded({ batch }, { trusted: true, import: true });

  it('takes stages, activities and outcomes as history with their own times', () => {
    const { events, rejected } = imported(
      item,
      { ...item, type: 'activity', activity: { kind: 'call', outcome: 'connected', rep: '112' } },
      { ...item, type: 'outcome', outcome: 'won', amount: '10' },
      { ...item, type: 'identify', traits: { source: 'website' } },
    );
    expect(rejected).toEqual([]);
    expect(events.map(({ type, historic }) => [type, historic])).toEqual([
      ['stage', true],
      ['activity', true],
      ['outcome', true],
      ['identify', true],
    ]);
    expect(events[0]).toMatchObject({
      at: Date.parse('2011-10-01T06:00:00Z'),
      stage: { stage: 'mql', owner: 'rep:ana' },
    });
    expect(events[1]?.activity).toEqual({ kind: 'call', direction: 'outbound', outcome: 'connected', rep: '112' });
    expect(events[2]?.outcome).toEqual({ outcome: 'won', amount: 10 });
  });

  it('gives the same row the same id and different rows different ones', () => {
    const ids = imported(item, { ...item }, { ...item, stage: 'sql' }).events.map(({ messageId }) => messageId);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it.each([
    ['history without a time', { timestamp: 'soon' }, 'timestamp'],
    ['an unknown stage', { stage: 'hot' }, 'stage'],
    ['an owner of another form', { owner: 'ana' }, 'owner'],
    ['an unknown type', { type: 'row' }, 'type'],
    ['an activity without a kind', { type: 'activity', activity: { outcome: 'sent' } }, 'activity.kind'],
    ['an unknown outcome', { type: 'outcome', outcome: 'maybe' }, 'outcome'],
    ['no identifier', { userId: null }, 'userId'],
  ])('rejects %s by name', (_name, fault, path) => {
    expect(imported({ ...item, ...fault }).rejected).toMatchObject([{ path: `batch.0.${path}` }]);
  });
});
