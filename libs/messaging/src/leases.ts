import type { Sql } from '@baton/persistence/sql';
import { type LeaseKey, countMembers, freeLeases, joinGroup, leaseKey, takeLeases } from './lease-store.js';

/** Something that runs in one process at a time: one partition of one service. */
export interface Leasable {
  /** Those of one group (a service) are shared out evenly among the processes that run it. */
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  start(): void;
  stop(): Promise<void>;
}

/**
 * Shares partitions among replicas. Each process takes free ones up to its even share, and gives back what it holds beyond
 * that, so a new replica gets work within a round and a dead one's is taken over. Losing the session loses every lease.
 */
export class Leases {
  private held = new Set<Leasable>();
  private joined = false;

  constructor(private readonly items: readonly Leasable[]) {}

  /** One round; the first also makes this process known to the others. */
  async balance(sql: Sql): Promise<void> {
    const groups = [...new Set(this.items.map((item) => item.group))];
    if (!this.joined) {
      for (const group of groups) await joinGroup(sql, groupNumber(group));
      this.joined = true;
    }
    const members = await countMembers(sql, groups.map(groupNumber));
    for (const group of groups) await this.balanceGroup(sql, group, members.get(groupNumber(group)) ?? 1);
  }

  /** Stops everything held, because the session that held it is gone. */
  async lose(): Promise<void> {
    this.joined = false;
    const lost = [...this.held];
    this.held = new Set();
    await Promise.all(lost.map((item) => item.stop()));
  }

  holds(item: Leasable): boolean {
    return this.held.has(item);
  }

  private async balanceGroup(sql: Sql, group: string, members: number): Promise<void> {
    const items = this.items.filter((item) => item.group === group);
    const share = Math.ceil(items.length / Math.max(1, members));
    const mine = items.filter((item) => this.held.has(item));
    if (mine.length > share) await this.giveBack(sql, mine.slice(share));
    if (mine.length < share) await this.take(sql, items, share - mine.length);
  }

  private async giveBack(sql: Sql, items: readonly Leasable[]): Promise<void> {
    for (const item of items) this.held.delete(item);
    await Promise.all(items.map((item) => item.stop()));
    await freeLeases(sql, items.map(keyOf));
  }

  private async take(sql: Sql, items: readonly Leasable[], atMost: number): Promise<void> {
    const wanted = items.filter((item) => !this.held.has(item));
    const answers = await takeLeases(sql, wanted.map(keyOf));
    const taken = wanted.filter((_, index) => answers[index]);
    // Asking for all and giving back the surplus finds the free ones without asking one by one.
    await freeLeases(sql, taken.slice(atMost).map(keyOf));
    for (const item of taken.slice(0, atMost)) {
      this.held.add(item);
      item.start();
    }
  }
}

function keyOf(item: Leasable): LeaseKey {
  return leaseKey(`${item.group}/${item.topic}`, item.partition);
}

function groupNumber(group: string): number {
  return leaseKey(group, 0).group;
}
