import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { createRequire } from 'node:module';
import '../src/kafka-client.js';
import { type BatchContext, type RecordDecoder, plainRecord } from '../src/kafka-record.js';

interface Encoded {
  readonly buffer: Buffer;
  writeBytes(bytes: Buffer): Encoded;
}

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder') as {
  new (buffer: Buffer): RecordDecoder;
  prototype: { readVarLong(): unknown };
};
const Encoder = require('kafkajs/src/protocol/encoder') as new () => Encoded;
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => Encoded;
const { RecordBatch: encodeBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch(batch: object): Promise<Encoded>;
};
const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages') as (
  decoder: RecordDecoder,
) => Promise<{ offset: string; timestamp: string }[]>;

const bytes = fc.uint8Array().map((array) => Buffer.from(array));
const names = fc.oneof({ weight: 30, arbitrary: fc.string() }, fc.constantFrom('__proto__', 'toString'));
const records = fc.record({
  key: fc.oneof(bytes, fc.constant(null)),
  value: fc.oneof(bytes, fc.constant(null)),
  offsetDelta: fc.nat(),
  timestampDelta: fc.oneof(fc.integer({ min: -(2 ** 26), max: 2 ** 26 }), fc.maxSafeInteger()),
  headers: fc
    .array(fc.tuple(names, fc.oneof({ weight: 9, arbitrary: bytes }, fc.array(bytes))))
    .map(Object.fromEntries),
});
// Below and above what a number holds exactly.
const long = fc.oneof(fc.maxSafeNat(), fc.bigInt({ min: 2n ** 53n - 2n ** 31n, max: 2n ** 63n - 1n })).map(String);
const batches: fc.Arbitrary<BatchContext> = fc.record({
  firstOffset: long,
  firstTimestamp: fc.oneof(long, fc.constantFrom('-1', '1790000000123')),
  maxTimestamp: long,
  timestampType: fc.constantFrom(0, 1),
  magicByte: fc.constant(2),
  isControlBatch: fc.boolean(),
});

type Decode = (decoder: RecordDecoder, batch: BatchContext) => object;

/** As kafkajs has it where nothing is overridden. */
function kafkajsDecode(): Decode {
  let decode: Decode | undefined;
  jest.isolateModules(() => {
    decode = require('kafkajs/src/protocol/recordBatch/record/v0/decoder') as Decode;
  });
  return decode!;
}

/** The bytes of a record without their number, which comes first. */
function bytesOf(record: object): Buffer {
  const decoder = new Decoder(encodeRecord(record).buffer);
  return decoder.readVarIntBytes()!;
}

describe('a record that is read', () => {
  it('is what kafkajs makes of it, or left to kafkajs', () => {
    const decode = kafkajsDecode();
    let plain = 0;
    fc.assert(
      fc.property(records, batches, (record, batch) => {
        const bytes = bytesOf(record);
        const read = plainRecord(new Decoder(bytes), batch);
        if (!read) return;
        plain += 1;
        expect(read).toEqual(decode(new Decoder(bytes), batch));
      }),
      { numRuns: 2_000 },
    );
    expect(plain).toBeGreaterThan(100);
  });

  it('is not left to kafkajs when it is one of ours', () => {
    const headers = { 'content-type': Buffer.from('text/plain'), traceparent: Buffer.from('00-1-2-01') };
    const record = {
      key: Buffer.from('kim'),
      value: Buffer.alloc(850),
      offsetDelta: 2_000,
      timestampDelta: 0,
      headers,
    };
    const batch = {
      firstOffset: '4503599627370496',
      firstTimestamp: '1790000000123',
      maxTimestamp: '1790000000123',
      timestampType: 0,
      magicByte: 2,
      isControlBatch: false,
    };
    expect(plainRecord(new Decoder(bytesOf(record)), batch)).toMatchObject({ offset: '4503599627372496', headers });
  });

  it('costs no number of 64 bits where kafkajs reads what was fetched, which has one for each that is left to it', async () => {
    const readLong = jest.spyOn(Decoder.prototype, 'readVarLong');
    const far = 2 ** 40;
    const written = [0, 7, far].map((timestampDelta, offsetDelta) =>
      encodeRecord({ key: null, value: Buffer.from('{}'), offsetDelta, timestampDelta }),
    );
    const { buffer } = await encodeBatch({ records: written, firstTimestamp: 1_000, maxTimestamp: far + 1_000 });
    const read = await decodeMessages(new Decoder(new Encoder().writeBytes(buffer).buffer));
    expect(read.map(({ offset, timestamp }) => [offset, timestamp])).toEqual([
      ['0', '1000'],
      ['1', '1007'],
      ['2', String(far + 1_000)],
    ]);
    expect(readLong).toHaveBeenCalledTimes(1);
  });
});
