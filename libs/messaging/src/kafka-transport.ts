import { type ServiceName, type Topic, deadLettersOf } from '@baton/contracts/topics';
import type { Log } from '@baton/persistence/log';
import { openDatabase } from '@baton/persistence/open-database';
import type { Database } from '@baton/persistence/sql';
import { type Probe, noProbe } from './crash-point.js';
import { replayDeadLetter } from './dead-letter-replay.js';
import type { UnitOfWork } from './handler.js';
import { type Admin, BrokerError, type ISocketFactory, type Kafka, kafkaClient } from './kafka-client.js';
import type { DataCheck } from './kafka-codec.js';
import type { KafkaConnection } from './kafka-connection.js';
import { KafkaSubscriptions } from './kafka-subscriptions.js';
import { KafkaTable } from './kafka-table.js';
import { KafkaTopics, TopicMismatchError } from './kafka-topics.js';
import { Leases } from './leases.js';
import { LogLink } from './log-link.js';
import { ensureLogTables } from './log-tables-store.js';
import { LogView } from './log-view.js';
import { OutboxRelay } from './outbox-relay.js';
import { untilShipped } from './until-relayed.js';
import { type Batch, type Positions, type Publication, onBroker } from './record.js';
import { sendDirect } from './send-direct.js';
import { SteadyProducer } from './steady-producer.js';
import type { Publisher } from './transact.js';
import type { Lag, Stall, Subscription, Transport } from './transport.js';
import { unitOfWorkOver } from './unit-of-work.js';
import { aborted, atMost } from './within.js';

/** A service of this process, as far as the topics go. */
export interface ServiceOnKafka {
  readonly name: ServiceName;
  readonly database: Database;
  readonly consumes: readonly Topic[];
  readonly publishes: readonly Topic[];
}

export interface KafkaTransportOptions {
  readonly connection: KafkaConnection;
  /** The PostgreSQL of these services: it holds their outboxes, and says which replica ships them. */
  readonly url: string;
  readonly log: Log;
  readonly services: readonly ServiceOnKafka[];
  /** Checks the data of what comes from the broker; without it only envelopes are checked. */
  readonly check?: DataCheck;
  /** A member of a group that is silent for so long loses its partitions. Default 10 s. */
  readonly sessionTimeoutMs?: number;
  /** How often outboxes and leases are looked at, for what no notification told. Default 1 s. */
  readonly pollMs?: number;
  readonly applicationName?: string;
  readonly sockets?: ISocketFactory;
  /** Told of every step of a transaction, so that tests can stop a process at each. */
  readonly probe?: Probe;
}

/** How long a reader of its own table waits for the relay. */
const longestShippingMs = 5_000;
/** How long a stop waits for a request under way, and for connections to end. */
const longestSendMs = 1_500;
const longestGoodbyeMs = 1_000;

/** Prepares the transport of the distributed shape; the brokers are contacted by `start`. Rejects when PostgreSQL cannot be reached. */
export async function openKafkaTransport(options: KafkaTransportOptions): Promise<Transport> {
  const applicationName = options.applicationName ?? 'baton relay';
  const reader = await openDatabase({ url: options.url, schema: 'public', poolSize: 2, applicationName });
  return new KafkaTransport(options, reader, applicationName);
}

/** Outboxes are shipped to Kafka, consumer groups share the partitions; positions stay in each service's schema. */
class KafkaTransport implements Transport {
  private readonly kafka: Kafka;
  private readonly admin: Admin;
  private readonly topics: KafkaTopics;
  private readonly producer: SteadyProducer;
  private readonly view: LogView;
  private readonly subscriptions: Subscription[] = [];
  private readonly relays = new Map<ServiceName, OutboxRelay>();
  private readonly tables = new Map<string, KafkaTable>();
  private readonly abort = new AbortController();
  private readers: KafkaSubscriptions[] = [];
  private link: LogLink | undefined;
  private reached: Promise<void> | undefined;

  constructor(
    private readonly options: KafkaTransportOptions,
    private readonly reader: Database,
    private readonly applicationName: string,
  ) {
    const { connection, log, sockets } = options;
    this.kafka = kafkaClient({ connection, log, clientId: this.applicationName, sockets });
    this.admin = this.kafka.admin();
    const { prefix = '', partitions = 4, replication } = connection;
    const stopping = this.abort.signal;
    this.topics = new KafkaTopics({ admin: this.admin, prefix, partitions, replication, log, stopping });
    this.producer = new SteadyProducer(this.kafka);
    this.view = new LogView(
      reader,
      (service) => this.serviceOf(service)?.database.schema ?? service,
      () => this.noticeAll(),
    );
  }

  partitionsOf(topic: Topic): number {
    return this.topics.partitionsOf(topic);
  }

  unitOfWork(service: ServiceName, database: Database): UnitOfWork {
    const publisher = this.publisherOf(service, database);
    return unitOfWorkOver(publisher, () => ensureLogTables(database, this.partitionCount()));
  }

  async append(service: ServiceName, _database: Database, publications: readonly Publication[]): Promise<void> {
    await sendDirect({ producer: this.producer, topics: this.topics, service }, publications);
  }

  subscribe(subscription: Subscription): void {
    if (this.link) throw new Error(`${subscription.service} subscribed to ${subscription.topic.name} after the start`);
    this.subscriptions.push(subscription);
  }

  async start(): Promise<void> {
    for (const { database } of [...this.options.services, ...this.subscriptions])
      await ensureLogTables(database, this.partitionCount());
    await this.reachBroker();
    this.link = this.openLink();
    await this.link.open();
    for (const service of this.options.services) this.relays.set(service.name, this.relayOf(service));
    for (const relay of this.relays.values()) relay.start();
    await Promise.race([this.shipEmbeddedLog(), aborted(this.abort.signal)]);
    if (this.abort.signal.aborted) return;
    this.readers = [...new Set(this.subscriptions.map(({ service }) => service))].map((name) => this.readerFor(name));
    await Promise.race([Promise.all(this.readers.map((one) => one.start())), aborted(this.abort.signal)]);
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await Promise.all([...this.readers, ...this.tables.values()].map((one) => one.stop()));
    // What a broker that stands still leaves unanswered is sent again by whoever ships next.
    await atMost(Promise.all([...this.relays.values()].map((one) => one.stop())), longestSendMs);
    await this.link?.close();
    await Promise.all([this.producer.close(), this.admin.disconnect()].map((one) => atMost(one, longestGoodbyeMs)));
    await this.reader.close();
  }

  stalls(): readonly Stall[] {
    return this.readers.flatMap((one) => one.stalls());
  }

  lags(): readonly Lag[] {
    return this.readers.flatMap((one) => one.lags());
  }

  async readTable(topic: Topic, from: Positions = {}): Promise<readonly Batch[]> {
    await this.reachBroker();
    await this.shipped(topic);
    const { kafka, topics } = this;
    const { check, log, sessionTimeoutMs = 10_000 } = this.options;
    const table = this.tables.get(topic.name) ?? new KafkaTable({ topic, topics, kafka, check, log, sessionTimeoutMs });
    this.tables.set(topic.name, table);
    return table.batches(from);
  }

  /**
   * In the numbers of the producer's outbox where it has them and the producer runs here, else in the broker's offsets. A direct
   * topic's positions are offsets too, but only of what was handled: what was deleted or put aside moves none.
   */
  async endPositions(topics: readonly Topic[]): Promise<Positions> {
    const own = topics.filter((topic) => !topic.direct && this.serviceOf(topic.producer));
    const ends = own.length > 0 ? await this.view.loadEnds(own) : {};
    const answer: Positions = Object.fromEntries(own.map((topic) => [topic.name, this.everyPartition(topic, ends)]));
    for (const topic of topics.filter((one) => !own.includes(one))) {
      answer[onBroker(topic.name)] = (await this.topics.endsOf(topic)) ?? {};
    }
    return answer;
  }

  consumedPositions(service: ServiceName): Promise<Positions> {
    return this.view.consumed(service);
  }

  waitFor(service: ServiceName, until: Positions, timeoutMs: number): Promise<boolean> {
    return this.view.waitFor(service, until, timeoutMs);
  }

  async replayDeadLetter(service: ServiceName, id: string): Promise<boolean> {
    const database = this.serviceOf(service)?.database;
    if (!database) throw new Error(`${service} does not run in this process: replay its dead letters where it does`);
    return replayDeadLetter(this.publisherOf(service, database), this.subscriptions, id);
  }

  /** Waits until the broker has what a service of this process has published so far, if this process has started. */
  private async shipped(topic: Topic): Promise<void> {
    const database = this.serviceOf(topic.producer)?.database;
    if (database && this.link) await untilShipped({ view: this.view, database }, topic, longestShippingMs);
  }

  /**
   * What was published on direct topics while the embedded log carried them is on the broker before anything is written there
   * directly, so a key's facts keep their order.
   */
  private async shipEmbeddedLog(): Promise<void> {
    for (const { database, publishes } of this.options.services)
      for (const topic of publishes.filter(({ direct }) => direct))
        await untilShipped({ view: this.view, database }, topic, Infinity);
  }

  private serviceOf(name: ServiceName): ServiceOnKafka | undefined {
    return this.options.services.find((service) => service.name === name);
  }

  private partitionCount(): number {
    return this.options.connection.partitions ?? 4;
  }

  private everyPartition(topic: Topic, ends: Positions): Record<string, number> {
    const partitions = Array.from({ length: this.partitionsOf(topic) }, (_, partition) => partition);
    return Object.fromEntries(partitions.map((partition) => [partition, ends[topic.name]?.[partition] ?? 0]));
  }

  private noticeAll(): void {
    for (const relay of this.relays.values()) relay.notice();
  }

  private publisherOf(service: ServiceName, database: Database): Publisher {
    return {
      database,
      outbox: { service, partitionsOf: (topic) => this.partitionsOf(topic) },
      probe: this.options.probe ?? noProbe,
      announce: (segments) => {
        for (const segment of segments) this.view.announce(segment, service);
        this.relays.get(service)?.notice();
        this.link?.announce(segments);
      },
    };
  }

  /** Once: connects, and makes sure of the topics. Rejects with a `BrokerError`, or a `TopicMismatchError`. */
  private reachBroker(): Promise<void> {
    this.reached ??= this.prepareTopics().catch((error: unknown) => {
      this.reached = undefined;
      throw error;
    });
    return this.reached;
  }

  private async prepareTopics(): Promise<void> {
    const { services, connection } = this.options;
    const declared = services.flatMap(({ name, consumes, publishes }) => [
      ...consumes,
      ...publishes,
      deadLettersOf(name),
    ]);
    try {
      await this.admin.connect();
      await this.topics.ensure([...new Map(declared.map((topic) => [topic.name, topic])).values()]);
    } catch (error) {
      if (error instanceof TopicMismatchError) throw error;
      throw new BrokerError(`reaching ${connection.brokers.join(', ')}`, error);
    }
  }

  private relayOf({ name, database, publishes }: ServiceOnKafka): OutboxRelay {
    const topics = [...publishes, deadLettersOf(name)];
    const { producer, view } = this;
    const { log, sessionTimeoutMs: leaseMs = 10_000 } = this.options;
    return new OutboxRelay({ database, topics, broker: this.topics, producer, view, leaseMs, log });
  }

  /** Ties this process to the others on its PostgreSQL: a commit of one wakes the relay of another. */
  private openLink(): LogLink {
    return new LogLink({
      url: this.options.url,
      log: this.options.log,
      applicationName: this.applicationName,
      pollMs: this.options.pollMs ?? 1_000,
      leases: new Leases([]),
      view: this.view,
      topics: this.options.services.flatMap(({ name, publishes }) => [...publishes, deadLettersOf(name)]),
    });
  }

  private readerFor(service: ServiceName): KafkaSubscriptions {
    const { log, check, sessionTimeoutMs = 10_000, connection } = this.options;
    const mine = this.subscriptions.filter((subscription) => subscription.service === service);
    return new KafkaSubscriptions({
      consumptions: mine.map((subscription) => ({
        subscription,
        publisher: this.publisherOf(service, subscription.database),
        log,
      })),
      kafka: this.kafka,
      groupId: `${connection.prefix ?? ''}baton.${service}`,
      topics: this.topics,
      sessionTimeoutMs,
      check,
      progress: this.view.progress,
      log,
    });
  }
}
