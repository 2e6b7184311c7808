import type { Topic } from '@baton/contracts/topics';
import { waitBefore } from '@baton/persistence/backoff';
import type { Log } from '@baton/persistence/log';
import type { Database } from '@baton/persistence/sql';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BrokerError, type Message, type TopicMessages } from './kafka-client.js';
import { sweepHistory } from './history-erasure-store.js';
import { moveToHistory } from './history-store.js';
import { bytesOf, messageOf } from './kafka-codec.js';
import type { KafkaTopics } from './kafka-topics.js';
import type { LogView } from './log-view.js';
import { placeName } from './marks.js';
import { RefusedTopics } from './refused-topics.js';
import { type Relayed, freeRelayLease, keepRelayed, loadRelayed, takeRelayLease } from './relay-store.js';
import { Retention, type Upkeep } from './retention.js';
import { type EncodedRecord, partsOf } from './segment.js';
import type { SteadyProducer } from './steady-producer.js';

export interface OutboxRelayOptions {
  readonly database: Database;
  /** What the service publishes through its outbox. */
  readonly topics: readonly Topic[];
  readonly broker: KafkaTopics;
  readonly producer: SteadyProducer;
  readonly view: LogView;
  /** A relay that has shipped nothing and said nothing for so long is replaced by another process's. */
  readonly leaseMs: number;
  readonly log: Log;
}

/** Records of one partition in one request, and their bytes: a broker takes a megabyte at a time. */
const mostRecords = 1_000;
const mostBytes = 900_000;
const keepEveryMs = 200;
const keptMs = 3_600_000;

/** What the broker has for sure leaves an hour later; each process looks after it, whether it ships or the broker answers or not. */
const upkeepOfOutbox: Upkeep = {
  firstMs: 5_000,
  everyMs: 60_000,
  async work(database) {
    await moveToHistory(database, 'shipped', new Date(Date.now() - keptMs));
    await sweepHistory(database);
  },
};

interface Place {
  readonly topic: Topic;
  readonly partition: number;
  readonly name: string;
}

interface Waiting {
  readonly position: number;
  readonly record: EncodedRecord;
}

interface Load {
  readonly place: Place;
  readonly messages: Message[];
  readonly next: number;
}

/**
 * Ships a service's outbox to the broker in the order of its numbers, with one request under way at a time, from where the
 * broker last answered that it has everything. One process ships at a time: a lease says which, and is not renewed while the
 * broker cannot be reached. What a crash, or a process that sleeps through its lease, sends again, consumers know by its
 * number.
 */
export class OutboxRelay {
  private readonly abort = new AbortController();
  private readonly places: readonly Place[];
  private readonly next = new Map<string, number>();
  private running: Promise<void> | undefined;
  private wake: () => void = () => undefined;
  private awake = false;
  private keptAt = 0;
  private unkept = false;
  private readonly holder = randomUUID();
  private heldUntil = 0;
  private positionsKnown = false;
  private readonly refused = new RefusedTopics();
  private readonly retention: Retention;

  constructor(private readonly options: OutboxRelayOptions) {
    this.retention = new Retention(() => [options.database], options.log, upkeepOfOutbox);
    this.places = options.topics.flatMap((topic) =>
      Array.from({ length: options.broker.partitionsOf(topic) }, (_, partition) => ({
        topic,
        partition,
        name: placeName(topic.name, partition),
      })),
    );
  }

  start(): void {
    if (this.running) return;
    this.running = this.run();
    this.retention.start();
  }

  /** Ends after the request under way. */
  async stop(): Promise<void> {
    this.abort.abort();
    this.notice();
    await Promise.all([this.running, this.retention.stop()]);
  }

  /** There may be more to ship. */
  notice(): void {
    this.awake = true;
    this.wake();
  }

  private async run(): Promise<void> {
    const { signal } = this.abort;
    for (let failures = 0; !signal.aborted;) {
      try {
        const othersMs = await this.hold();
        if (othersMs > 0) await this.stayAside(othersMs);
        else if (!(await this.ship())) await this.rest();
        failures = 0;
      } catch (error) {
        failures += 1;
        this.heldUntil = 0;
        this.positionsKnown = false;
        const reason = error instanceof Error ? error.message : String(error);
        const { schema } = this.options.database;
        this.options.log.warn('The outbox cannot be shipped and will be tried again', { schema, reason, failures });
        await waitBefore(failures + 1, signal);
      }
    }
    await this.handOver().catch(() => undefined);
  }

  /** Renews the lease when a third of it is over; answers for how long another process has it, 0 when this one does. */
  private async hold(): Promise<number> {
    const { database, leaseMs } = this.options;
    const now = performance.now();
    if (now < this.heldUntil - (leaseMs * 2) / 3) return 0;
    const othersMs = await takeRelayLease(database, this.holder, leaseMs);
    const held = othersMs === 0;
    this.heldUntil = held ? now + leaseMs : 0;
    this.positionsKnown &&= held;
    if (held && !this.positionsKnown) await this.load();
    return othersMs;
  }

  /** Until another's lease ends; whoever stops gives it back before, so it is looked at in between. News of commits are not for this process. */
  private async stayAside(othersMs: number): Promise<void> {
    const ms = Math.min(othersMs, this.options.leaseMs / 3);
    await delay(ms, undefined, { signal: this.abort.signal }).catch(() => undefined);
  }

  private async handOver(): Promise<void> {
    await this.keep();
    if (this.heldUntil > 0) await freeRelayLease(this.options.database, this.holder);
  }

  private async load(): Promise<void> {
    const relayed = await loadRelayed(this.options.database);
    const known = new Map(relayed.map((one) => [placeName(one.topic, one.partition), one.next]));
    for (const { name } of this.places) this.next.set(name, known.get(name) ?? 0);
    this.refused.clear();
    this.positionsKnown = true;
  }

  /** Sends what waits, up to a request's size; answers false when nothing does, but for what was refused just now. */
  private async ship(): Promise<boolean> {
    this.awake = false;
    const loads: Load[] = [];
    for (const place of this.places) {
      const load = this.refused.rests(place.topic) ? undefined : await this.loadOf(place);
      if (load) loads.push(load);
    }
    if (loads.length === 0) return false;
    const together = Map.groupBy(loads, ({ place: { topic } }) => (this.refused.has(topic) ? topic : undefined));
    for (const some of together.values()) await this.send(some);
    if (performance.now() - this.keptAt >= keepEveryMs) await this.keep();
    return true;
  }

  /**
   * In one request; where that is refused, in one for each topic, so that what a topic does not take (a record larger than it
   * is set to hold, an access that was revoked) holds up no other. None is sent when the lease is over: an older record behind
   * a newer one of its key is what a compacted topic would keep.
   */
  private async send(loads: readonly Load[]): Promise<void> {
    try {
      await this.options.producer.send(this.requestOf(loads), () => performance.now() < this.heldUntil);
    } catch (error) {
      if (!(error instanceof BrokerError) || !error.refused) throw error;
      const byTopic = Map.groupBy(loads, ({ place }) => place.topic);
      if (byTopic.size > 1) for (const ofTopic of byTopic.values()) await this.send(ofTopic);
      else for (const topic of byTopic.keys()) this.refuse(topic, error);
      return;
    }
    for (const { place, next } of loads) {
      this.next.set(place.name, next);
      this.refused.delete(place.topic);
    }
    this.unkept = true;
  }

  private refuse(topic: Topic, { message: reason }: Error): void {
    const { database, log } = this.options;
    const about = { schema: database.schema, topic: topic.name, reason, failures: this.refused.add(topic) };
    log.warn('A topic refuses what the outbox has for it, and will be tried again; the others go on', about);
  }

  private async loadOf(place: Place): Promise<Load | undefined> {
    const from = this.next.get(place.name) ?? 0;
    if ((this.options.view.ends.get(place.name) ?? 0) <= from) return undefined;
    const messages: Message[] = [];
    let bytes = 0;
    let next = from;
    for (const { position, record } of await this.waiting(place, from)) {
      const message = messageOf({ ...place, position }, record);
      bytes += bytesOf(message);
      if (bytes > mostBytes && messages.length > 0) break;
      messages.push(message);
      next = position + 1;
    }
    return messages.length > 0 ? { place, messages, next } : undefined;
  }

  /** What waits from a position on: as this process published it, or read again. */
  private async waiting({ topic, partition }: Place, from: number): Promise<Waiting[]> {
    const { view } = this.options;
    const place = { topic: topic.name, partition };
    const published = view.encoded(place, from, mostRecords);
    if (published.length > 0) return published.map((record, index) => ({ position: from + index, record }));
    const read = await view.readerOf(topic).read(place, from, mostRecords);
    return read.map((record) => ({ position: record.position, record: partsOf(record) }));
  }

  private requestOf(loads: readonly Load[]): TopicMessages[] {
    const byTopic = new Map<Topic, Message[]>();
    for (const { place, messages } of loads)
      byTopic.set(place.topic, [...(byTopic.get(place.topic) ?? []), ...messages]);
    return [...byTopic].map(([topic, messages]) => ({ topic: this.options.broker.nameOf(topic), messages }));
  }

  private async rest(): Promise<void> {
    await this.keep();
    await this.pause(Math.min(this.options.leaseMs / 3, this.refused.nextMs()));
  }

  /** Until told of more, or for so long. */
  private async pause(ms: number): Promise<void> {
    if (this.awake || this.abort.signal.aborted) {
      this.awake = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async keep(): Promise<void> {
    if (!this.unkept) return;
    this.unkept = false;
    this.keptAt = performance.now();
    const relayed: Relayed[] = this.places.map(({ topic, partition, name }) => ({
      topic: topic.name,
      partition,
      next: this.next.get(name) ?? 0,
    }));
    await keepRelayed(this.options.database, relayed).catch((error: unknown) => {
      this.unkept = true;
      throw error;
    });
  }
}
