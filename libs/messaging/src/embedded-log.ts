import { type ServiceName, type Topic, services } from '@baton/contracts/topics';
import type { Log } from '@baton/persistence/log';
import { openDatabase } from '@baton/persistence/open-database';
import type { Database } from '@baton/persistence/sql';
import { type Probe, noProbe } from './crash-point.js';
import { replayDeadLetter } from './dead-letter-replay.js';
import { GroupCommit } from './group-commit.js';
import type { UnitOfWork } from './handler.js';
import { type Leasable, Leases } from './leases.js';
import { LogLink } from './log-link.js';
import { ensureLogTables, storedPartitions } from './log-tables-store.js';
import { LogView } from './log-view.js';
import { PartitionLoop } from './partition-loop.js';
import { readTableTopic } from './read-table.js';
import type { Batch, Positions, Publication } from './record.js';
import { Retention } from './retention.js';
import type { Publisher } from './transact.js';
import type { Lag, Stall, Subscription, Transport } from './transport.js';
import { unitOfWorkOver } from './unit-of-work.js';

export interface EmbeddedLogOptions {
  /** The PostgreSQL that all services of the installation share. */
  readonly url: string;
  readonly log: Log;
  /** Partitions of a spread topic in an installation that is made now; one that exists keeps its number. Default 4. */
  readonly partitions?: number | undefined;
  /** How often ends and leases are looked at, for what no notification told. Default 1 s. */
  readonly pollMs?: number;
  /** Connections for reading the logs at most. Default 4. */
  readonly poolSize?: number;
  readonly applicationName?: string;
  /** Told of every step of a transaction, so that tests can stop a process at each. */
  readonly probe?: Probe;
}

/** Connects; rejects when the database cannot be reached. */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<Transport> {
  const applicationName = options.applicationName ?? 'baton log';
  const reader = await openDatabase({
    url: options.url,
    schema: 'public',
    poolSize: options.poolSize ?? 4,
    applicationName,
  });
  const partitions = (await storedPartitions(reader, services)) ?? options.partitions ?? 4;
  return new EmbeddedLogTransport({ ...options, partitions }, reader, applicationName);
}

/** The transport of the embedded defaults: consumers read the producers' outboxes, which are the log. */
class EmbeddedLogTransport implements Transport {
  private readonly subscriptions: Subscription[] = [];
  private readonly databases = new Map<ServiceName, Database>();
  private readonly loops = new Map<Leasable, PartitionLoop>();
  private readonly view: LogView;
  private readonly retention: Retention;
  private link: LogLink | undefined;

  constructor(
    private readonly options: EmbeddedLogOptions & { readonly partitions: number },
    private readonly reader: Database,
    private readonly applicationName: string,
  ) {
    this.view = new LogView(reader, (service) => this.databases.get(service)?.schema ?? service);
    this.retention = new Retention(() => [...this.databases.values()], options.log);
  }

  partitionsOf(topic: Topic): number {
    return topic.partitioning === 'single' ? 1 : this.options.partitions;
  }

  unitOfWork(service: ServiceName, database: Database): UnitOfWork {
    const publisher = this.publisherOf(service, database);
    return unitOfWorkOver(publisher, () => ensureLogTables(database, this.options.partitions));
  }

  async append(service: ServiceName, database: Database, publications: readonly Publication[]): Promise<void> {
    await this.unitOfWork(service, database).run(() => Promise.resolve({ result: null, publish: publications }));
  }

  subscribe(subscription: Subscription): void {
    if (this.link) throw new Error(`${subscription.service} subscribed to ${subscription.topic.name} after the start`);
    this.databases.set(subscription.service, subscription.database);
    this.subscriptions.push(subscription);
  }

  async start(): Promise<void> {
    for (const database of this.databases.values()) await ensureLogTables(database, this.options.partitions);
    const leases = new Leases(this.subscriptions.flatMap((subscription) => this.leasablesOf(subscription)));
    this.link = new LogLink({
      url: this.options.url,
      log: this.options.log,
      applicationName: this.applicationName,
      pollMs: this.options.pollMs ?? 1_000,
      leases,
      view: this.view,
      topics: this.subscriptions.map((subscription) => subscription.topic),
    });
    await this.link.open();
    this.retention.start();
  }

  async stop(): Promise<void> {
    await this.retention.stop();
    await this.link?.close();
    await this.reader.close();
  }

  stalls(): readonly Stall[] {
    return [...this.loops.values()].flatMap((loop) => loop.stall ?? []);
  }

  lags(): readonly Lag[] {
    return [...this.loops.values()].map((loop) => loop.lag);
  }

  async readTable(topic: Topic, from: Positions = {}): Promise<readonly Batch[]> {
    return readTableTopic(this.view, { topic, partitions: this.partitionsOf(topic), from });
  }

  async endPositions(topics: readonly Topic[]): Promise<Positions> {
    const ends = await this.view.loadEnds(topics);
    return Object.fromEntries(topics.map((topic) => [topic.name, this.everyPartition(topic, ends)]));
  }

  consumedPositions(service: ServiceName): Promise<Positions> {
    return this.view.consumed(service);
  }

  waitFor(service: ServiceName, until: Positions, timeoutMs: number): Promise<boolean> {
    return this.view.waitFor(service, until, timeoutMs);
  }

  async replayDeadLetter(service: ServiceName, id: string): Promise<boolean> {
    const database = this.databases.get(service);
    if (!database) throw new Error(`${service} does not run in this process: replay its dead letters where it does`);
    return replayDeadLetter(this.publisherOf(service, database), this.subscriptions, id);
  }

  private everyPartition(topic: Topic, ends: Positions): Record<string, number> {
    const partitions = Array.from({ length: this.partitionsOf(topic) }, (_, partition) => partition);
    return Object.fromEntries(partitions.map((partition) => [partition, ends[topic.name]?.[partition] ?? 0]));
  }

  private publisherOf(service: ServiceName, database: Database): Publisher {
    this.databases.set(service, database);
    return {
      database,
      outbox: { service, partitionsOf: (topic) => this.partitionsOf(topic) },
      probe: this.options.probe ?? noProbe,
      announce: (segments) => {
        for (const segment of segments) this.view.announce(segment, service);
        this.link?.announce(segments);
      },
    };
  }

  private leasablesOf(subscription: Subscription): Leasable[] {
    const partitions = Array.from({ length: this.partitionsOf(subscription.topic) }, (_, partition) => partition);
    const publisher = this.publisherOf(subscription.service, subscription.database);
    const commit = new GroupCommit({ subscription, publisher, log: this.options.log }, partitions.length);
    return partitions.map((partition) => this.leasable(commit, partition));
  }

  private leasable(commit: GroupCommit, partition: number): Leasable {
    const { log } = this.options;
    const { subscription } = commit.consumption;
    const item: Leasable = {
      group: subscription.service,
      topic: subscription.topic.name,
      partition,
      start: () => {
        const reader = this.view.readerOf(subscription.topic);
        const loop = new PartitionLoop({ commit, partition, reader, progress: this.view.progress, log });
        this.loops.set(item, loop);
        loop.start();
      },
      stop: async () => {
        await this.loops.get(item)?.stop();
        this.loops.delete(item);
      },
    };
    return item;
  }
}
