import type { Log } from '@baton/persistence/log';
import kafkajs from 'kafkajs';
import type {
  Admin,
  Consumer,
  EachBatchPayload,
  ISocketFactory,
  Kafka,
  Message,
  Producer,
  TopicMessages,
} from 'kafkajs';
import { createRequire } from 'node:module';
import type { KafkaConnection } from './kafka-connection.js';
import { type Checksum, type ProduceRequest, isPlain, produceBody } from './kafka-produce-body.js';
import { type BatchContext, type RecordDecoder, plainRecord } from './kafka-record.js';
import { type Spell, isTolerable, passingTrouble, prolonged } from './passing-trouble.js';

const require = createRequire(import.meta.url);

/** The one file that imports kafkajs: whatever replaces it replaces this. */
export type { Admin, Consumer, EachBatchPayload, ISocketFactory, Kafka, Message, Producer, TopicMessages };

export interface KafkaClientOptions {
  readonly connection: KafkaConnection;
  readonly log: Log;
  /** How this process appears to the brokers. */
  readonly clientId: string;
  /** How sockets are made; by default as kafkajs does. */
  readonly sockets?: ISocketFactory;
}

/** A call to Kafka that failed. It carries the code of a network fault, so whoever asks `faultOf` knows that it may succeed later. */
export class BrokerError extends Error {
  readonly code = 'EHOSTUNREACH';
  /** The brokers were reached and say no, and will as long as what they were asked and how they are set stay the same. */
  readonly refused: boolean;

  constructor(doing: string, cause: unknown) {
    super(`Kafka: ${doing} failed: ${wordsOf(cause)}`, { cause });
    this.name = 'BrokerError';
    this.refused = isRefusal(cause) || (cause instanceof Error && isRefusal(cause.cause));
  }
}

/** Of several errors at once kafkajs says only that there are some; the first tells why. */
function wordsOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const [first] = (cause as Error & { errors?: readonly Error[] }).errors ?? [];
  return first ? `${cause.message}: ${first.message}` : cause.message;
}

function isRefusal(error: unknown): boolean {
  return error instanceof kafkajs.KafkaJSProtocolError && !error.retriable;
}

/** What is overridden of a connection's queue, see `letIdleConnectionsSleep`. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

/**
 * kafkajs 2.2.4 looks every millisecond, on every connection, whether a request waits, also when none does: seven services at
 * rest took half a core. It need only look while one waits; whoever adds one to the queue asks for that by itself.
 */
function letIdleConnectionsSleep(): void {
  const { prototype } = require('kafkajs/src/network/requestQueue') as {
    prototype: RequestQueue;
  };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
}

letIdleConnectionsSleep();

interface NativeChecksums {
  readonly crc32c: Checksum;
}

const nativeChecksums = (): NativeChecksums => require('@node-rs/crc32') as NativeChecksums;

/** CRC-32C from a native package, or from kafkajs, several times slower, where that package has nothing for the machine. */
export function fastestChecksum(load = nativeChecksums): Checksum {
  try {
    return load().crc32c;
  } catch {
    return require('kafkajs/src/protocol/recordBatch/crc32C') as Checksum;
  }
}

/** What is overridden of requests to write, see `writeRequestsOnce`. */
interface ProduceDefinitions {
  protocol(of: { readonly version: number }): (asked: ProduceRequest) => { readonly request: EncodedRequest };
}

interface EncodedRequest {
  /** Answers with an encoder; these two of it are read. */
  encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
}

/** The first version with the batches that `produceBody` writes. */
const firstWithBatches = 3;

/** kafkajs spends more on making a request's bytes than on all else that it does to send it; `produceBody` makes the same ones. */
function writeRequestsOnce(): void {
  const checksum = fastestChecksum();
  const definitions = require('kafkajs/src/protocol/requests/produce') as ProduceDefinitions;
  const { protocol } = definitions;
  definitions.protocol = (of) => (asked) => {
    const made = protocol(of)(asked);
    if (of.version < firstWithBatches || !isPlain(asked)) return made;
    const encode = async () => {
      const buffer = produceBody(asked, { now: Date.now(), checksum });
      return { buf: buffer, buffer };
    };
    return { ...made, request: { ...made.request, encode } };
  };
}

writeRequestsOnce();

type DecodeRecord = (decoder: RecordDecoder, batch: BatchContext) => object;

/** Half of what kafkajs takes to decode a record goes into numbers that are small; it loads the function with the first records. */
function readRecordsPlainly(): void {
  const file = require.resolve('kafkajs/src/protocol/recordBatch/record/v0/decoder');
  const decode = require(file) as DecodeRecord;
  const decodePlainly: DecodeRecord = (decoder, batch) => {
    const record = plainRecord(decoder, batch);
    if (record) return record;
    decoder.offset = 0;
    return decode(decoder, batch);
  };
  require.cache[file]!.exports = decodePlainly;
}

readRecordsPlainly();

/** Clients of one cluster. Connects when a producer, consumer or admin is told to. */
export function kafkaClient({ connection, log, clientId, sockets }: KafkaClientOptions): Kafka {
  const { brokers, ssl, sasl } = connection;
  const kafka = new kafkajs.Kafka({
    clientId,
    brokers: [...brokers],
    ssl: typeof ssl === 'object' ? { ca: [ssl.ca] } : ssl,
    sasl: saslOf(sasl),
    connectionTimeout: 3_000,
    authenticationTimeout: 5_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 4 },
    logCreator: () => teller(log),
    ...(sockets && { socketFactory: sockets }),
  });
  return askingForTheEnd(kafka);
}

type CreateCluster = (options: { readonly isolationLevel?: number }) => unknown;
const readUncommitted = 0;

/**
 * An admin of kafkajs takes for a log's end where the oldest open transaction begins, and has no setting for it. While a
 * stranger's was open, a partition that was read beyond it seemed to have lost its end.
 */
function askingForTheEnd(kafka: Kafka): Kafka {
  const name = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const inside = kafka as unknown as Record<symbol, CreateCluster>;
  const create = name && inside[name];
  if (!create) throw new Error('This kafkajs makes its clients in another way: its admins must still ask for the end');
  inside[name] = (options) => create({ isolationLevel: readUncommitted, ...options });
  return kafka;
}

/**
 * A producer whose messages name their partition. It tries once: when kafkajs asks again, it asks only brokers that have not
 * answered yet, so what moved meanwhile to one that has is never sent, and yet the call succeeds.
 */
export function producerOf(kafka: Kafka): Producer {
  return kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    retry: { retries: 0 },
  });
}

/** Members of a group that hand out whole partitions; a member that is silent for `sessionTimeoutMs` loses its own. */
export function consumerOf(kafka: Kafka, groupId: string, sessionTimeoutMs: number): Consumer {
  return kafka.consumer({
    groupId,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: Math.max(sessionTimeoutMs, 5_000),
    heartbeatInterval: Math.round(sessionTimeoutMs / 6),
    // A partition that is resumed or sought waits for the fetch under way, so that one is short.
    maxWaitTimeInMs: Math.min(250, sessionTimeoutMs / 6),
    allowAutoTopicCreation: false,
    // Baton has no transactions on Kafka. While a stranger's was open, kafkajs would pass over what others write meanwhile:
    // it takes an answer that is empty up to there for one that is empty up to the end.
    readUncommitted: true,
    // Restarts are the group's own business: kafkajs gives up after some errors for good.
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 4, restartOnFailure: () => Promise.resolve(false) },
  });
}

function saslOf(sasl: KafkaConnection['sasl']) {
  if (!sasl) return undefined;
  const { mechanism, username, password } = sasl;
  if (mechanism === 'plain') return { mechanism, username, password };
  if (mechanism === 'scram-sha-256') return { mechanism, username, password };
  return { mechanism, username, password };
}

interface LogEntry {
  readonly level: number;
  readonly namespace: string;
  readonly log: { readonly message: string; readonly error?: unknown; readonly groupId?: unknown };
}

/**
 * kafkajs calls errors what it then tries again with success; nothing of it is worth more than a warning, and what passes by
 * itself none until it goes on.
 */
function teller(log: Log): (entry: LogEntry) => void {
  const spells = new Map<string, Spell>();
  return ({ level, namespace, log: { message, error, groupId } }) => {
    if (level > kafkajs.logLevel.WARN) return;
    const reason = error === undefined ? undefined : String(error);
    const trouble = passingTrouble(`${message} ${reason}`);
    const spell = trouble && prolonged(spells.get(trouble), performance.now());
    if (spell) spells.set(trouble, spell);
    const about = { namespace, groupId, reason };
    if (spell && isTolerable(spell)) log.debug?.(`Kafka client: ${message}`, about);
    else log.warn(`Kafka client: ${message}`, about);
  };
}
