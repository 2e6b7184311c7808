import type { KafkaConnection } from '@baton/messaging/kafka-connection';
import type { EnvironmentReader } from './environment-reader.js';

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const saslNames = ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'];
const furtherNames = [
  'KAFKA_SSL',
  'KAFKA_SSL_CA',
  ...saslNames,
  'KAFKA_TOPIC_PREFIX',
  'KAFKA_PARTITIONS',
  'KAFKA_REPLICATION',
];
const longestPrefix = 100;

/** Reads how to reach Kafka from the `KAFKA_*` variables; undefined without `KAFKA_BROKERS`. Faults go to the reader. */
export function readKafkaConnection(read: EnvironmentReader): KafkaConnection | undefined {
  const brokers = brokersOf(read);
  if (!brokers) {
    read.refuseWithout('KAFKA_BROKERS', furtherNames);
    return undefined;
  }
  return {
    brokers,
    ssl: sslOf(read),
    sasl: saslOf(read),
    prefix: prefixOf(read),
    partitions: read.wholeNumber('KAFKA_PARTITIONS', { least: 1, most: 1_000, meaning: 'partitions of a topic' }),
    replication: read.wholeNumber('KAFKA_REPLICATION', { least: 1, most: 100, meaning: 'copies of each topic' }),
  };
}

function brokersOf(read: EnvironmentReader): readonly string[] | undefined {
  const listed = read
    .text('KAFKA_BROKERS')
    ?.split(',')
    .map((text) => text.trim());
  for (const broker of listed ?? []) {
    if (!isHostAndPort(broker))
      read.faults.push(`KAFKA_BROKERS lists "${withoutCredentials(broker)}"; give host:port, separated by commas`);
  }
  return listed;
}

/** `kafka-1:9092`, `10.0.0.7:9092`, `[::1]:9092`. */
function isHostAndPort(text: string): boolean {
  const [, port] = /^(?:[\w.-]+|\[[\da-f:.]+\]):(\d{1,5})$/i.exec(text) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

/** Somebody may have written a password in front of the host, as in a URL. */
function withoutCredentials(broker: string): string {
  return broker.slice(broker.lastIndexOf('@') + 1);
}

function sslOf(read: EnvironmentReader): KafkaConnection['ssl'] {
  const choice = read.choice('KAFKA_SSL', ['true', 'false']);
  const ca = read.fileContent('KAFKA_SSL_CA');
  if (ca === undefined) return choice === undefined ? undefined : choice === 'true';
  if (choice === 'false') read.faults.push('KAFKA_SSL_CA is set, but KAFKA_SSL is false; set it to true or unset one');
  if (!ca.includes('-----BEGIN CERTIFICATE-----'))
    read.faults.push('KAFKA_SSL_CA names a file without a certificate; give the authority’s certificate in PEM');
  return { ca };
}

function saslOf(read: EnvironmentReader): KafkaConnection['sasl'] {
  if (saslNames.every((name) => read.text(name) === undefined)) return undefined;
  for (const name of saslNames)
    read.require(name, `beside ${saslNames.filter((other) => other !== name).join(' and ')}`);
  return {
    mechanism: read.choice('KAFKA_SASL_MECHANISM', mechanisms) ?? 'plain',
    username: read.text('KAFKA_SASL_USERNAME') ?? '',
    password: read.text('KAFKA_SASL_PASSWORD') ?? '',
  };
}

function prefixOf(read: EnvironmentReader): string | undefined {
  const prefix = read.text('KAFKA_TOPIC_PREFIX');
  if (prefix === undefined || (/^[\w.-]+$/.test(prefix) && prefix.length <= longestPrefix)) return prefix;
  read.faults.push(
    `KAFKA_TOPIC_PREFIX is "${prefix}"; give at most ${longestPrefix} letters, digits, ".", "_" and "-"`,
  );
  return undefined;
}
