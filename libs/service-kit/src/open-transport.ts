import { topics } from '@baton/contracts/topics';
import { openEmbeddedLog } from '@baton/messaging/embedded-log';
import { openKafkaTransport } from '@baton/messaging/kafka-transport';
import type { Transport } from '@baton/messaging/transport';
import type { Logger } from '@baton/observability/logger';
import { faultInFact } from './fault-in-fact.js';
import { kafkaFinding } from './kafka-finding.js';
import type { HostedService } from './process-resources.js';
import type { Settings } from './settings.js';
import { type Needed, causesOf } from './until-reachable.js';

interface Places {
  readonly settings: Pick<Settings, 'kafka' | 'partitions'>;
  /** The PostgreSQL of this process. */
  readonly databaseUrl: string;
}

export interface TransportParts extends Places {
  readonly logger: Logger;
  readonly services: readonly HostedService[];
}

/** The one place that knows what carries the topics. Every process reads `access`, by which it knows keys. */
export async function openTransport({ settings, databaseUrl, logger, services }: TransportParts): Promise<Transport> {
  if (!settings.kafka) return openEmbeddedLog({ url: databaseUrl, log: logger, partitions: settings.partitions });
  return openKafkaTransport({
    connection: settings.kafka,
    url: databaseUrl,
    log: logger,
    check: faultInFact,
    services: services.map(({ definition, database }) => ({
      name: definition.name,
      database,
      consumes: [...definition.consumes, topics.access],
      publishes: definition.publishes,
    })),
  });
}

const otherVersion = { what: 'has a schema of another version', advice: 'check DATABASE_URL, if that is unexpected' };

/** What outside of this process an error came from: Kafka where its client says so, else PostgreSQL. */
export function neededFor(error: unknown, { settings, databaseUrl }: Places): Needed {
  const { name } = error as Error;
  if (!settings.kafka || name !== 'BrokerError') {
    const finding = name === 'SchemaMismatchError' ? otherVersion : undefined;
    return { name: `PostgreSQL at ${new URL(databaseUrl).host}`, settings: 'DATABASE_URL', finding };
  }
  return {
    name: `Kafka at ${settings.kafka.brokers.join(', ')}`,
    settings: 'KAFKA_BROKERS, KAFKA_SSL and KAFKA_SASL_*',
    finding: kafkaFinding(causesOf(error).slice(1)),
  };
}
