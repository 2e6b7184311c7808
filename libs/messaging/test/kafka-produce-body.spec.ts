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
function plainRequests(): fc.Arbitrary<ProduceRequest> {
  // Enough of them for offsets of two bytes.
  const batch = fc.oneof(
    fc.array(plainMessages, { minLength: 1, maxLength: 3 }),
    plainMessages.map((one) => Array.from({ length: 150 }, () => ({ ...one, value: 'one of many' }))),
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

const ours: Message = { key: 'kim', value: Buffer.alloc(850), headers: { 'content-type': 'text/plain' } };

function requestOf(message: Message): ProduceRequest {
  const topicData = [{ topic: 'lead.events', partitions: [{ partition: 0, messages: [message] }] }];
  return { acks: -1, timeout: 30_000, compression: 0, producerId: -1, topicData };
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
      fc.asyncProperty(plainRequests(), async (request) => {
        expect(isPlain(request)).toBe(true);
        const body = produceBody(request, { now, checksum: native.crc32c });
        const { buffer } = await kafkajsRequest(timed(request)).encode();
        expect(body.equals(buffer)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it.each<[string, Partial<ProduceRequest>, Partial<Message>]>([
    ['a time of its own', {}, { timestamp: String(now) }],
    ['a header that is no text', {}, { headers: { one: Buffer.from('bytes') } }],
    ['a header of several texts', {}, { headers: { many: ['one', 'two'] } }],
    ['compression', { compression: 1 }, {}],
    ['a transaction', { transactionalId: 'payments' }, {}],
    ['a producer that counts', { producerId: '7' }, {}],
  ])('is left to kafkajs where it has %s', async (_, request, message) => {
    const asked = { ...requestOf({ ...ours, ...message }), ...request };
    expect(isPlain(asked)).toBe(false);
    const { buf, buffer } = await protocol({ version: 7 })(asked).request.encode();
    expect(buf.length).toBeGreaterThan(buffer.length);
  });

  it('is left to kafkajs where the broker is older than the format', async () => {
    const { buf, buffer } = await protocol({ version: 2 })(requestOf(ours)).request.encode();
    expect(buf.length).toBeGreaterThan(buffer.length);
  });

  it('is written by kafkajs into as many bytes as it has, which nothing grew into by copying', async () => {
    for (const version of [3, 7]) {
      const { buf, buffer } = await protocol({ version })(requestOf(ours)).request.encode();
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
