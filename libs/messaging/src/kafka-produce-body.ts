import type { Message } from './kafka-client.js';
import { Measure, Writer } from './kafka-writer.js';

/** A request to write, as kafkajs is about to encode it. */
export interface ProduceRequest {
  readonly acks: number;
  readonly timeout: number;
  readonly compression?: number;
  readonly transactionalId?: string | null;
  readonly producerId?: unknown;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly Message[] }[];
  }[];
}

/** CRC-32C of some bytes. */
export type Checksum = (bytes: Buffer) => number;

/** What all batches of a request share. */
export interface BatchTerms {
  /** The time of every message. */
  readonly now: number;
  readonly checksum: Checksum;
}

const noProducer = -1;
const notTransactional = -1;
const batchHead = 61;
const checkedFrom = 21;

/** Whether `produceBody` knows all that the request says: what Baton writes, which has no transactions on Kafka and names no times. */
export function isPlain({ compression, transactionalId, producerId, topicData }: ProduceRequest): boolean {
  if (compression || transactionalId) return false;
  if (producerId !== undefined && producerId !== noProducer) return false;
  return topicData.every(({ partitions }) => partitions.every(({ messages }) => messages.every(isPlainMessage)));
}

function isPlainMessage({ timestamp, headers }: Message): boolean {
  if (timestamp !== undefined) return false;
  for (const name in headers) if (typeof headers[name] !== 'string') return false;
  return true;
}

/**
 * The body of a plain request in the format that Kafka has had since 0.11, byte for byte as kafkajs writes it. kafkajs makes a
 * buffer for each record and copies it into one that grows, five times over; here all is measured first and written once.
 */
export function produceBody({ acks, timeout, topicData }: ProduceRequest, terms: BatchTerms): Buffer {
  const topics = topicData.map(({ topic, partitions }) => ({ topic, batches: partitions.map(measured) }));
  const batchBytes = topics.flatMap(({ batches }) => batches).reduce((sum, { bytes }) => sum + 8 + bytes, 0);
  const bytes = topics.reduce((sum, { topic }) => sum + 6 + Buffer.byteLength(topic), 12 + batchBytes);
  const writer = new Writer(bytes);
  writer.int16(notTransactional).int16(acks).int32(timeout).int32(topics.length);
  for (const { topic, batches } of topics) {
    writer.int16(Buffer.byteLength(topic)).text(topic).int32(batches.length);
    for (const batch of batches) writeBatch(writer.int32(batch.partition).int32(batch.bytes), batch, terms);
  }
  return writer.buffer;
}

interface Batch {
  readonly partition: number;
  readonly messages: readonly Message[];
  /** Of each record, without what says so. */
  readonly sizes: readonly number[];
  /** Of the whole batch. */
  readonly bytes: number;
}

function measured({ partition, messages }: { partition: number; messages: readonly Message[] }): Batch {
  const sizes = messages.map((message, index) => {
    const measure = new Measure();
    writeRecord(measure, message, index);
    return measure.bytes;
  });
  const whole = new Measure();
  for (const size of sizes) whole.varInt(size);
  return { partition, messages, sizes, bytes: sizes.reduce((sum, size) => sum + size, batchHead + whole.bytes) };
}

function writeBatch(writer: Writer, { messages, sizes, bytes }: Batch, { now, checksum }: BatchTerms): void {
  const begin = writer.offset;
  const afterLength = bytes - 12;
  writer.int64(0).int32(afterLength).int32(0).byte(2).int32(0);
  writer.int16(0).int32(messages.length - 1);
  writer.int64(now).int64(now).int64(noProducer).int16(0).int32(0);
  writer.int32(messages.length);
  messages.forEach((message, index) => {
    writer.varInt(sizes[index]!);
    writeRecord(writer, message, index);
  });
  const checked = writer.buffer.subarray(begin + checkedFrom, writer.offset);
  writer.buffer.writeUInt32BE(checksum(checked), begin + checkedFrom - 4);
}

/** Attributes, which there are none of, milliseconds since the batch's time, and offset behind the batch's; then what it says. */
function writeRecord(sink: Measure | Writer, { key, value, headers = {} }: Message, index: number): void {
  sink.byte(0).varInt(0).varInt(index).data(key).data(value);
  const names = Object.keys(headers);
  sink.varInt(names.length);
  for (const name of names) sink.data(name).data(headers[name] as string);
}
