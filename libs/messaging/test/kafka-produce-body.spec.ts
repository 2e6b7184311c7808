import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Message } from 'kafkajs';
import { createRequire } from 'node:module';
import { fastestChecksum } from '../src/kafka-client.js';
import { type Checksum, type ProduceRequest, isPlain, produceBody } from '../src/kafka-produce-body.js';

interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}
type Make = (asked: ProduceRequest) => { encode(): Promise<Encoded> };

const require = createRequire(import.meta.url);
const native = require('@node-rs/crc32') as { readonly crc32c: Checksum };
const kafkajsChecksum = require('kafkajs/src/protocol/recordBatch/crc32C') as Checksum;
/** What kafkajs encodes by itself. */
const kafkajsRequest = require('kafkajs/src/protocol/requests/produce/v7/request') as Make;
const { protocol } = require('kafkajs/src/protocol/requests/produce') as {
  protocol(of: { version: number }): (asked: ProduceRequest) => { request: ReturnType<Make> };
};

const now = 1_790_000_000_123;
const bytes = fc.uint8Array().map((array) => Buffer.from(array));
const bigBytes = fc.integer({ min: 0, max: 70_000 }).map((length) => Buffer.alloc(length, 'big'));
const text = fc.string({ unit: fc.constantFrom('a', ' ', 'é', '質', '🙂') });
const value = fc.oneof(bytes, bigBytes, text, fc.constant(null));
const key = fc.oneof(bytes, text, fc.constant(null), fc.constant(undefined));
const plainMessages: fc.Arbitrary<Message> = fc.record(
  { key, value, headers: fc.dictionary(text, text) },
  { requiredKeys: ['value'] },
);
const anyHeader = fc.oneof(text, bytes, fc.array(fc.oneof(text, bytes)));
const anyMessages: fc.Arbitrary<Message> = fc.record(
  {
    key,
    value,
    headers: fc.dictionary(text, anyHeader),
    timestamp: fc.integer({ min: 1_700_000_000_000, max: 1_799_999_999_999 }).map(String),
  },
  { requiredKeys: ['value', 'timestamp'] },
);

function requestsOf(messages: fc.Arbitrary<Message>): fc.Arbitrary<ProduceRequest> {
  // Enough of them for offsets of two bytes.
  const batch = fc.oneof(
    fc.array(messages, { minLength: 1, maxLength: 3 }),
    messages.map((one) => Array.from({ length: 150 }, () => ({ ...one, value: 'one of many' }))),
  );
  const partitions = fc.array(fc.record({ partition: fc.nat(), messages: batch }), { minLength: 1, maxLength: 2 });
  return fc.record({
    acks: fc.constantFrom(-1, 0, 1),
    timeout: fc.nat(),
    compression: fc.constant(0),
    producerId: fc.constant(-1),
    topicData: fc.array(fc.record({ topic: text, partitions }), { minLength: 1, maxLength: 2 }),
  });
}

/** The same request, with the time in each message: kafkajs takes it from there, and from the clock otherwise. */
function timed(request: ProduceRequest): ProduceRequest {
  const topicData = request.topicData.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, messages }) => ({
      partition,
      messages: messages.map((message) => ({ ...message, timestamp: String(now) })),
    })),
  }));
  return { ...request, topicData };
}

describe('a request to write', () => {
  it('has the bytes that kafkajs gives it', async () => {
    await fc.assert(
      fc.asyncProperty(requestsOf(plainMessages), async (request) => {
        expect(isPlain(request)).toBe(true);
        const body = produceBody(request, { now, checksum: native.crc32c });
        const { buffer } = await kafkajsRequest(timed(request)).encode();
        expect(body.equals(buffer)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('is left to kafkajs where it says more than Baton does: times, headers that are no text, compression', async () => {
    const more = fc.tuple(requestsOf(anyMessages), fc.constantFrom(0, 1));
    await fc.assert(
      fc.asyncProperty(more, async ([request, compression]) => {
        const asked = { ...request, compression };
        const { buffer } = await protocol({ version: 7 })(asked).request.encode();
        expect(buffer.equals((await kafkajsRequest(asked).encode()).buffer)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('is written by kafkajs into as many bytes as it has, which nothing grew into by copying', async () => {
    const messages = [{ key: 'kim', value: Buffer.alloc(850), headers: { 'content-type': 'text/plain' } }];
    const topicData = [{ topic: 'lead.events', partitions: [{ partition: 0, messages }] }];
    const asked = { acks: -1, timeout: 30_000, topicData };
    for (const version of [3, 7]) {
      const { buf, buffer } = await protocol({ version })(asked).request.encode();
      expect(buffer.length).toBeGreaterThan(850);
      expect(buf.length).toBe(buffer.length);
    }
  });
});

describe('the checksum of a batch', () => {
  it('is the same from the native package as from kafkajs, which stays where there is none', () => {
    const missing = fastestChecksum(() => {
      throw new Error('Cannot find module');
    });
    expect(missing).toBe(kafkajsChecksum);
    const found = fastestChecksum();
    expect(found).toBe(native.crc32c);
    const parts = fc.tuple(fc.oneof(bytes, bigBytes), fc.nat({ max: 20 }));
    fc.assert(fc.property(parts, ([whole, from]) => found(whole.subarray(from)) === missing(whole.subarray(from))));
  });
});
