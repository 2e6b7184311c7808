import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SegmentCache } from '../src/segment-cache.js';
import { type Segment, encodeRecord, tupleText } from '../src/segment.js';
import { engaged } from './published-facts.js';

function segment(first: number, count: number): Segment {
  const records = Array.from({ length: count }, (_, index) => tupleText(encodeRecord(engaged('ada', first + index))));
  return { topic: 'lead.events', partition: 0, first, count, payload: `[${records.join(',')}]` };
}

describe('the segment cache', () => {
  it('answers what was put in, from any position, in whatever order it came', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(lengths, fc.array(fc.nat()), fc.nat({ max: 70 }), (counts, order, position) => {
        let first = 0;
        const segments = counts.map((count) => segment((first += count) - count, count));
        const cache = new SegmentCache(1_000_000);
        const shuffled = segments
          .map((one, index) => ({ one, rank: order[index] ?? 0 }))
          .sort((left, right) => left.rank - right.rank);
        for (const { one } of [...shuffled, ...shuffled]) cache.add(one, 'ingest');
        const found = cache.from('lead.events', 0, position);
        const covering = segments.find((one) => one.first <= position && position < one.first + one.count);
        expect(found?.end).toBe(covering && covering.first + covering.count);
        expect(found?.records.map((record) => record.position)).toEqual(
          covering &&
            Array.from({ length: covering.first + covering.count - position }, (_, index) => position + index),
        );
      }),
    );
  });

  it('keeps within its bound, the newest longest', () => {
    const one = segment(0, 1).payload.length;
    const cache = new SegmentCache(10 * one + 20);
    for (let position = 0; position < 1_000; position += 1) cache.add(segment(position, 1), 'ingest');
    const kept = Array.from({ length: 1_000 }, (_, position) => position).filter((position) =>
      cache.from('lead.events', 0, position),
    );
    expect(kept.length).toBeLessThanOrEqual(10);
    expect(kept.length).toBeGreaterThanOrEqual(5);
    expect(kept.at(-1)).toBe(999);
  });

  it('keeps even a segment larger than its bound until the next one comes', () => {
    const cache = new SegmentCache(10);
    cache.add(segment(0, 1), 'ingest');
    expect(cache.from('lead.events', 0, 0)?.records).toHaveLength(1);
    cache.add(segment(1, 1), 'ingest');
    expect(cache.from('lead.events', 0, 0)).toBeUndefined();
  });
});
