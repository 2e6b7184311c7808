import { topics } from '@baton/contracts/topics';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { messageOf, recordOf } from '../src/kafka-codec.js';
import type { Publication } from '../src/record.js';
import { decodeSegment, encodeRecord, partsOf, tupleText } from '../src/segment.js';

const topic = topics.leadEvents;
const text = fc.string({ unit: 'grapheme', minLength: 1 });
const publications: fc.Arbitrary<Publication> = fc.record(
  {
    topic: fc.constant(topic),
    key: text,
    type: fc.constant(topic.facts[0]!.type),
    id: text,
    time: text,
    data: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown),
    sequence: fc.nat(),
    traceparent: text,
  },
  { requiredKeys: ['topic', 'key', 'type', 'id', 'time', 'data'] },
);

describe('a record in its parts', () => {
  it('is the same from the log, and the same message whether it was just published or is read again', () => {
    fc.assert(
      fc.property(publications, fc.nat(), (publication, position) => {
        const encoded = encodeRecord(publication);
        const segment = {
          topic: topic.name,
          partition: 2,
          first: position,
          count: 1,
          payload: `[${tupleText(encoded)}]`,
        };
        const [stored] = decodeSegment(segment, 'ingest');
        const place = { topic, partition: 2, position };
        const message = messageOf(place, encoded);
        expect(messageOf(place, partsOf(stored!))).toEqual(message);
        const read = recordOf(place, { ...message, key: Buffer.from(message.key), offset: '7' });
        const envelope = { ...stored!.envelope, sequence: publication.sequence, traceparent: publication.traceparent };
        expect(read).toEqual({ record: { ...stored!, offset: 7, envelope } });
        expect(stored!.envelope.data).toEqual(publication.data);
      }),
      { numRuns: 1_000 },
    );
  });
});
