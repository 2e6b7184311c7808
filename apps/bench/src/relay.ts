import { topics } from '@baton/contracts/topics';
import type { UnitOfWork } from '@baton/messaging/handler';
import { type ServiceOnKafka, openKafkaTransport } from '@baton/messaging/kafka-transport';
import type { LogRecord, Publication } from '@baton/messaging/record';
import type { Transport } from '@baton/messaging/transport';
import { untilRelayed } from '@baton/messaging/until-relayed';
import { startEmbeddedPostgres } from '@baton/persistence/embedded-postgres';
import { openDatabase } from '@baton/persistence/open-database';
import type { Database } from '@baton/persistence/sql';
import { startKafkaCluster } from '@baton/testing/kafka-cluster';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface RelayResult {
  /** From the commit of a fact until the next service has it in hand, at 1,000 facts a second, ms. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly relayedPerSecond: number;
  readonly consumedPerSecond: number;
}

const quiet = { info: () => undefined, warn: () => undefined, error: console.error };
const jvm = ['-Xms512m', '-Xmx512m', '-XX:+UseSerialGC'];
const backlog = 100_000;
const text = 'x'.repeat(600);
/** A broker that has just started compiles what it does. */
const warmingUpMs = 5_000;

/** Measures what carries the facts, between services that do nothing. */
export async function measureRelay(seconds: number): Promise<RelayResult> {
  const home = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const postgres = await startEmbeddedPostgres({ home, log: quiet });
  const kafka = await startKafkaCluster({ nodes: 1, jvm });
  const bench = new RelayBench(postgres.url, kafka.brokers);
  try {
    const delays = await bench.delays(seconds);
    const at = (share: number) => delays[Math.floor(delays.length * share)] ?? NaN;
    const relayedPerSecond = backlog / (await bench.relaySeconds());
    const consumedPerSecond = (backlog + bench.sent) / (await bench.consumeSeconds());
    return { p50Ms: at(0.5), p99Ms: at(0.99), relayedPerSecond, consumedPerSecond };
  } finally {
    await bench.close();
    await kafka.stop();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
}

class RelayBench {
  private readonly databases = new Map<string, Database>();
  private readonly transports: Transport[] = [];
  /** Facts published for `delays`. */
  sent = 0;

  constructor(
    private readonly url: string,
    private readonly brokers: readonly string[],
  ) {}

  /** Sorted. */
  async delays(seconds: number): Promise<number[]> {
    const delays: number[] = [];
    const producer = await this.open(await this.ingest());
    await producer.start();
    const warm = clock() + warmingUpMs;
    const reader = await this.reader('scoring', (records) => {
      for (const { envelope } of records) {
        const { committed } = envelope.data as { committed: number };
        if (committed >= warm) delays.push(clock() - committed);
      }
    });
    const unit = producer.unitOfWork('ingest', await this.database('ingest'));
    const began = performance.now();
    const lasting = warmingUpMs + seconds * 1000;
    for (; performance.now() - began < lasting; this.sent += 5) {
      await unit.run(() => Promise.resolve({ result: null, publish: factsFrom(this.sent, 5) }));
      await delay(began + this.sent - performance.now());
    }
    await caughtUp(reader, 'scoring');
    await reader.stop();
    await producer.stop();
    return delays.sort((left, right) => left - right);
  }

  /** What waits in the outbox while nobody ships it, shipped. */
  async relaySeconds(): Promise<number> {
    const database = await this.database('ingest');
    const relay = await this.open(await this.ingest());
    const unit = relay.unitOfWork('ingest', database);
    await fill(unit);
    await relay.start();
    const began = performance.now();
    const { [topics.leadEvents.name]: ends = {} } = await relay.endPositions([topics.leadEvents]);
    await untilRelayed(database, { topic: topics.leadEvents.name, ends }, 120_000);
    return (performance.now() - began) / 1000;
  }

  /** All of it, by a service that has read nothing yet. */
  async consumeSeconds(): Promise<number> {
    const began = performance.now();
    await caughtUp(await this.reader('qualification', () => undefined), 'qualification');
    return (performance.now() - began) / 1000;
  }

  async close(): Promise<void> {
    for (const transport of this.transports) await transport.stop().catch(() => undefined);
    for (const database of this.databases.values()) await database.close();
  }

  private async reader(
    name: 'scoring' | 'qualification',
    seen: (records: readonly LogRecord[]) => void,
  ): Promise<Transport> {
    const database = await this.database(name);
    const transport = await this.open({ name, database, consumes: [topics.leadEvents], publishes: [] });
    transport.subscribe({
      service: name,
      topic: topics.leadEvents,
      database,
      handler({ records }) {
        seen(records);
        return Promise.resolve({ publish: [] });
      },
    });
    await transport.start();
    return transport;
  }

  private async ingest(): Promise<ServiceOnKafka> {
    const database = await this.database('ingest');
    return { name: 'ingest', database, consumes: [], publishes: [topics.leadEvents] };
  }

  private async open(service: ServiceOnKafka): Promise<Transport> {
    const { url, brokers } = this;
    const transport = await openKafkaTransport({ connection: { brokers }, url, log: quiet, services: [service] });
    this.transports.push(transport);
    return transport;
  }

  private async database(schema: string): Promise<Database> {
    const known = this.databases.get(schema) ?? (await openDatabase({ url: this.url, schema }));
    this.databases.set(schema, known);
    return known;
  }
}

async function fill(unit: UnitOfWork): Promise<void> {
  const atOnce = 1_000;
  for (let number = 0; number < backlog; number += atOnce)
    await unit.run(() => Promise.resolve({ result: null, publish: factsFrom(number, atOnce) }));
}

function factsFrom(first: number, count: number): Publication[] {
  return Array.from({ length: count }, (_, index) => ({
    topic: topics.leadEvents,
    key: `lead ${(first + index) % 1000}`,
    type: 'baton.lead.engaged.v1',
    id: `${first + index}`,
    time: new Date().toISOString(),
    data: { text, committed: clock() },
  }));
}

async function caughtUp(reader: Transport, service: 'scoring' | 'qualification'): Promise<void> {
  const ends = await reader.endPositions([topics.leadEvents]);
  if (!(await reader.waitFor(service, ends, 120_000)))
    throw new Error(`${service} did not read all facts in two minutes`);
}

/** Epoch ms, finer than whole ones. */
function clock(): number {
  return performance.timeOrigin + performance.now();
}
