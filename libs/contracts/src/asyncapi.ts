import type { FactDefinition } from './envelope.js';
import type { TObject } from '@sinclair/typebox';
import { services, type Topic } from './topics.js';

/**
 * The AsyncAPI 3.0 document of the topics: a channel each, a message per fact, an operation per producer.
 * Payloads are CloudEvents 1.0 in structured mode.
 */
export function asyncApiDocument(topics: readonly Topic[]): Record<string, unknown> {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Baton topics',
      version: '0.1.0',
      description:
        'Facts in order per lead (the key), with no effect twice. Public topics are a promise to outsiders; the others may change with any release.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(topics.map((topic) => [channelId(topic), channel(topic)])),
    operations: Object.fromEntries(topics.map((topic) => [`publish-${channelId(topic)}`, operation(topic)])),
    components: {
      messages: Object.fromEntries(topics.flatMap((topic) => topic.facts).map((fact) => [fact.type, message(fact)])),
    },
  };
}

/** The JSON Schema (2020-12) of a fact's whole envelope. */
export function envelopeSchema({ type, data }: FactDefinition<string, TObject>): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:baton:schema:${type}`,
    ...envelope(type, data),
  };
}

function envelope(type: string, data: TObject): Record<string, unknown> {
  return {
    type: 'object',
    required: ['specversion', 'id', 'type', 'source', 'subject', 'time', 'datacontenttype', 'data'],
    properties: {
      specversion: { const: '1.0' },
      id: { type: 'string', description: 'idempotency key' },
      type: { const: type },
      source: { type: 'string', enum: [...services] },
      subject: { type: 'string', description: 'the lead id, or what else keys the topic' },
      time: { type: 'string', format: 'date-time', description: 'event time' },
      datacontenttype: { const: 'application/json' },
      partitionsequence: { type: 'integer', description: 'gapless per topic and partition' },
      sequence: { type: 'integer', description: '1, 2, 3… per topic and lead' },
      traceparent: { type: 'string' },
      data,
    },
  };
}

function channelId(topic: Topic): string {
  return topic.name.replaceAll('.', '-');
}

function channel(topic: Topic): Record<string, unknown> {
  const audience = topic.public ? 'Public.' : 'Internal.';
  const kept = topic.compacted ? 'The newest fact per key is kept for ever.' : `Kept for ${topic.retentionDays} days.`;
  return {
    address: topic.name,
    description: `${audience} Produced by ${topic.producer}. ${kept}`,
    messages: Object.fromEntries(
      topic.facts.map((fact) => [fact.type, { $ref: `#/components/messages/${fact.type}` }]),
    ),
  };
}

function operation(topic: Topic): Record<string, unknown> {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${channelId(topic)}` },
    title: `${topic.producer} publishes ${topic.name}`,
  };
}

function message({ type, data }: FactDefinition<string, TObject>): Record<string, unknown> {
  return { name: type, contentType: 'application/cloudevents+json', payload: envelope(type, data) };
}
