import { type ServiceName, services } from '@baton/contracts/topics';
import type { KafkaCluster } from '@baton/testing/kafka-cluster';
import { setTimeout as delay } from 'node:timers/promises';
import type { Chance } from './chance.js';
import type { Fleet } from './fleet.js';
import type { Killable } from './killable-postgres.js';
import type { ServiceProcess } from './service-process.js';
import { moods, type UnreliableReceiver } from './unreliable-receiver.js';

/** Longer than any session lasts: 10 s with a broker, a lease of 10 s, or a connection to PostgreSQL. */
const frozenMs = 13_000;
/** Until a broker leads and follows again. */
const comingBackMs = 3_000;

export interface FaultTargets {
  readonly fleet: Fleet;
  readonly postgres: Killable;
  readonly redis: Killable | null;
  readonly kafka: KafkaCluster | null;
  readonly receiver: UnreliableReceiver;
  /** Puts records into topics that nobody can handle; answers how many. */
  readonly poison: () => Promise<number>;
}

/** Breaks things in an order that the seed decides, several at a time, and mends each again. */
export class Faults {
  /** How often what was done. */
  readonly counts: Record<string, number> = {};
  /** When some broker was dead or frozen, or was just coming back (epoch ms). */
  readonly brokenBrokers: { readonly from: number; readonly to: number }[] = [];
  private readonly stop = new AbortController();
  private lanes: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly targets: FaultTargets,
    private readonly chance: Chance,
  ) {}

  get kills(): number {
    return Object.entries(this.counts).reduce(
      (sum, [name, count]) => (name.startsWith('kill ') ? sum + count : sum),
      0,
    );
  }

  start(): void {
    const { chance } = this;
    this.lanes = Promise.all([
      this.lane(chance.branch(), [200, 1_500], (own) => this.breakProcess(own)),
      this.lane(chance.branch(), [200, 1_500], (own) => this.breakProcess(own)),
      this.lane(chance.branch(), [200, 1_500], (own) => this.breakProcess(own)),
      this.lane(chance.branch(), [3_000, 8_000], (own) => this.breakInfrastructure(own)),
      this.lane(chance.branch(), [1_000, 4_000], (own) => this.changeMood(own)),
      this.lane(chance.branch(), [4_000, 10_000], () => this.addPoison()),
    ]);
  }

  /** Resolves when what is broken is mended; everything runs then. */
  async end(): Promise<void> {
    this.stop.abort();
    await this.lanes;
    this.targets.receiver.mood = 'well';
  }

  private async lane(
    chance: Chance,
    [least, most]: readonly [number, number],
    step: (chance: Chance) => Promise<void>,
  ) {
    while (await this.pause(chance.between(least, most))) await step(chance);
  }

  /** False when the attack ends meanwhile. */
  private async pause(ms: number): Promise<boolean> {
    await delay(ms, undefined, { signal: this.stop.signal }).catch(() => undefined);
    return !this.stop.signal.aborted;
  }

  private count(name: string, by = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + by;
  }

  private readonly inHand = new Set<ServiceProcess>();

  private async breakProcess(chance: Chance): Promise<void> {
    const service = chance.pick(services);
    const free = this.targets.fleet.running.filter((one) => one.service === service && !this.inHand.has(one));
    if (free.length === 0) return;
    const replica = chance.pick(free);
    const kind = chance.next();
    if (kind < 0.12) return this.joinAndLeave(service, chance);
    this.inHand.add(replica);
    try {
      if (kind < 0.22) await this.freeze(replica);
      else await this.killAndStart(replica, chance);
    } finally {
      this.inHand.delete(replica);
    }
  }

  private async killAndStart(replica: ServiceProcess, chance: Chance): Promise<void> {
    this.count(`kill ${replica.service}`);
    await replica.kill();
    await this.pause(chance.between(0, 1_000));
    await replica.start();
    // One kill in two may hit a process that is still starting.
    if (chance.happens(1 / 2)) await replica.ready(20_000);
  }

  private async freeze(replica: ServiceProcess): Promise<void> {
    this.count(`freeze ${replica.service}`);
    replica.freeze();
    await this.pause(frozenMs);
    replica.thaw();
  }

  private async joinAndLeave(service: ServiceName, chance: Chance): Promise<void> {
    this.count(`join ${service}`);
    const { fleet } = this.targets;
    const replica = await fleet.join(service);
    this.inHand.add(replica);
    try {
      await replica.ready(20_000);
      await this.pause(chance.between(1_000, 6_000));
      await fleet.leave(replica);
    } finally {
      this.inHand.delete(replica);
    }
  }

  private async breakInfrastructure(chance: Chance): Promise<void> {
    const { postgres, redis, kafka } = this.targets;
    const kinds = ['postgres', ...(redis ? ['redis'] : []), ...(kafka ? ['broker', 'broker', 'frozen broker'] : [])];
    switch (chance.pick(kinds)) {
      case 'postgres':
        return this.killAndMend('PostgreSQL', postgres, chance.between(0, 2_000));
      case 'redis':
        return this.killAndMend('Redis', redis!, chance.between(0, 4_000));
      case 'broker':
        // Each leads a third of all partitions, and one of them the cluster.
        return this.killBroker(chance.between(0, 2), chance);
      default:
        return this.freezeBroker(chance.between(0, 2));
    }
  }

  private async killAndMend(name: string, target: Killable, pauseMs: number): Promise<void> {
    this.count(`kill ${name}`);
    await target.kill();
    await this.pause(pauseMs);
    await target.start();
  }

  private async killBroker(index: number, chance: Chance): Promise<void> {
    this.count('kill broker');
    const node = this.targets.kafka!.node(index);
    const from = Date.now();
    await node.kill();
    await this.pause(chance.between(0, 5_000));
    await node.start();
    this.brokenBrokers.push({ from, to: Date.now() + comingBackMs });
  }

  private async freezeBroker(index: number): Promise<void> {
    this.count('freeze broker');
    const node = this.targets.kafka!.node(index);
    const from = Date.now();
    node.pause();
    await this.pause(frozenMs);
    node.resume();
    this.brokenBrokers.push({ from, to: Date.now() + comingBackMs });
  }

  private async changeMood(chance: Chance): Promise<void> {
    const mood = chance.pick(moods);
    this.targets.receiver.mood = mood;
    this.count(`receiver ${mood}`);
  }

  private async addPoison(): Promise<void> {
    this.count('poison records', await this.targets.poison().catch(() => 0));
  }
}
