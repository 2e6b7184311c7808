import type { Envelope } from '@baton/contracts/envelope';
import type { Topic } from '@baton/contracts/topics';
import type { Message } from './kafka-client.js';
import type { LogRecord } from './record.js';
import type { EncodedRecord } from './segment.js';

/** CloudEvents' structured mode: the envelope is the value. One header costs a consumer half of what six do. */
const contentType = 'application/cloudevents+json';

/** A message that we write. */
export interface OwnMessage extends Message {
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: Record<string, string>;
}

/** Where a message goes; on a direct topic the broker gives the position. */
export interface MessagePlace {
  readonly topic: Topic;
  readonly partition: number;
  readonly position?: number;
}

/** A record as a Kafka message. A compacted topic's record without data is a tombstone: its key goes. */
export function messageOf({ topic, partition, position }: MessagePlace, record: EncodedRecord): OwnMessage {
  const { key, traceparent, data } = record;
  const headers: Record<string, string> = { 'content-type': contentType };
  if (traceparent !== undefined) headers['traceparent'] = traceparent;
  const isTombstone = topic.compacted && data === 'null';
  if (isTombstone) headers['partitionsequence'] = String(position);
  return { partition, key, value: isTombstone ? null : valueOf(topic, position, record), headers };
}

/** The envelope as text; the data are text already. */
function valueOf(topic: Topic, position: number | undefined, record: EncodedRecord): Buffer {
  const { key, type, id, time, sequence, data } = record;
  const head: Omit<Envelope, 'data'> = {
    specversion: '1.0',
    id,
    type,
    source: topic.producer,
    subject: key,
    time,
    datacontenttype: 'application/json',
    partitionsequence: position,
    sequence,
  };
  return Buffer.from(`${JSON.stringify(head).slice(0, -1)},"data":${data}}`);
}

/** What frames a message, and each of its headers, at most. */
const frame = 32;
const headerFrame = 4;

/** Bytes of a request that a message takes at most: of small messages the value is often less than half. */
export function bytesOf({ key, value, headers }: OwnMessage): number {
  let bytes = frame + Buffer.byteLength(key) + (value?.length ?? 0);
  for (const name in headers) bytes += headerFrame + name.length + Buffer.byteLength(headers[name]!);
  return bytes;
}

/** A message as kafkajs hands it over. */
export interface ReceivedMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly offset: string;
  readonly headers?: Record<string, Buffer | string | (Buffer | string)[] | undefined>;
}

/** A message that no service of ours can have written. */
export interface ForeignMessage {
  readonly offset: number;
  readonly key: string;
  readonly text: string;
  /** What is wrong with it. */
  readonly reason: string;
}

/** Says what is wrong with a fact's data as the end of a sentence, or nothing. */
export type DataCheck = (topic: Topic, type: string, data: unknown) => string | undefined;

/** Reads a message of a topic and partition. On a direct topic the position is the broker's offset. */
export function recordOf(
  { topic, partition }: { topic: Topic; partition: number },
  message: ReceivedMessage,
  check?: DataCheck,
): { record: LogRecord } | { foreign: ForeignMessage } {
  const offset = Number(message.offset);
  const key = message.key?.toString() ?? '';
  const text = message.value?.toString() ?? '';
  const envelope = message.value === null ? tombstone(message, topic, key) : parsed(text);
  if (!envelope) return { foreign: { offset, key, text, reason: 'is not a JSON object' } };
  const reason = faultIn(envelope, topic, key) ?? check?.(topic, envelope.type, envelope.data);
  if (reason !== undefined) return { foreign: { offset, key, text, reason } };
  const position = topic.direct ? offset : envelope.partitionsequence!;
  const traceparent = headerOf(message, 'traceparent');
  envelope.partitionsequence = position;
  if (traceparent !== undefined) envelope.traceparent = traceparent;
  return { record: { topic: topic.name, partition, position, offset, key, envelope } };
}

function parsed(text: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Envelope) : undefined;
  } catch {
    return undefined;
  }
}

function tombstone(message: ReceivedMessage, topic: Topic, key: string): Envelope | undefined {
  const position = headerOf(message, 'partitionsequence');
  const [fact] = topic.facts;
  if (position === undefined || !fact || !topic.compacted) return undefined;
  return {
    specversion: '1.0',
    id: `${key}/tombstone/${position}`,
    type: fact.type,
    source: topic.producer,
    subject: key,
    time: new Date(0).toISOString(),
    datacontenttype: 'application/json',
    partitionsequence: Number(position),
    data: null,
  };
}

function headerOf(message: ReceivedMessage, name: string): string | undefined {
  const value = message.headers?.[name];
  return value === undefined || Array.isArray(value) ? undefined : value.toString();
}

/** What shows that a message is not one of ours, as a sentence's end; undefined when it is. */
function faultIn(envelope: Envelope, topic: Topic, key: string): string | undefined {
  if (envelope.specversion !== '1.0' || typeof envelope.id !== 'string' || typeof envelope.time !== 'string')
    return 'is not a CloudEvents 1.0 envelope with id and time';
  if (envelope.source !== topic.producer) return `comes from "${String(envelope.source)}", not from ${topic.producer}`;
  if (envelope.subject !== key) return 'has another subject than its key';
  if (!topic.direct && !Number.isSafeInteger(envelope.partitionsequence)) return 'has no partitionsequence';
  if (topic.facts.some(({ type }) => type === envelope.type)) return undefined;
  return `has the type "${String(envelope.type)}", which ${topic.name} does not carry`;
}
