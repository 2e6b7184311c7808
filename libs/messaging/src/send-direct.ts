import type { ServiceName } from '@baton/contracts/topics';
import type { Message, TopicMessages } from './kafka-client.js';
import { bytesOf, messageOf } from './kafka-codec.js';
import type { KafkaTopics } from './kafka-topics.js';
import { RecordTooLargeError, largestRecord } from './outbox-store.js';
import { partitionOf } from './partition-of.js';
import type { Publication } from './record.js';
import { encodeRecord } from './segment.js';
import type { SteadyProducer } from './steady-producer.js';

/** Bytes of one partition in one request: a broker takes a megabyte at a time. */
const mostBytes = 900_000;

interface Way {
  readonly producer: SteadyProducer;
  readonly topics: KafkaTopics;
  readonly service: ServiceName;
}

/**
 * Writes facts of direct topics to the broker, in as few requests as their size allows, one after another. Rejects facts of
 * other topics, `RecordTooLargeError` before anything is written, and with a `BrokerError` when it is not known what was.
 */
export async function sendDirect(way: Way, publications: readonly Publication[]): Promise<void> {
  for (const request of requestsOf(way, publications)) await way.producer.send(request);
}

function requestsOf(way: Way, publications: readonly Publication[]): TopicMessages[][] {
  const requests: Map<string, TopicMessages>[] = [];
  const filled = new Map<string, { request: number; bytes: number }>();
  for (const publication of publications) {
    const { topic, message, bytes } = sized(way, publication);
    const place = `${topic}/${message.partition}`;
    const at = filled.get(place) ?? { request: 0, bytes: 0 };
    const next = at.bytes > 0 && at.bytes + bytes > mostBytes ? { request: at.request + 1, bytes: 0 } : at;
    filled.set(place, { request: next.request, bytes: next.bytes + bytes });
    const request = (requests[next.request] ??= new Map());
    const entry = request.get(topic) ?? { topic, messages: [] };
    entry.messages.push(message);
    request.set(topic, entry);
  }
  return requests.map((request) => [...request.values()]);
}

function sized({ topics, service }: Way, publication: Publication): { topic: string; message: Message; bytes: number } {
  const { topic } = publication;
  if (!topic.direct || topic.producer !== service)
    throw new Error(`${service} cannot append to ${topic.name}: it is no direct topic of its own`);
  const partition = partitionOf(publication.key, topics.partitionsOf(topic));
  const message = messageOf({ topic, partition }, encodeRecord(publication));
  const size = message.value?.length ?? 0;
  if (size > largestRecord) throw new RecordTooLargeError(publication, size);
  return { topic: topics.nameOf(topic), message, bytes: bytesOf(message) };
}
