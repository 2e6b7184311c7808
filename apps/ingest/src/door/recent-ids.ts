const lifetimeMs = 12 * 60 * 60 * 1000;
const mostPerGeneration = 100_000;

/**
 * The ids of events taken in the last 12 to 24 hours, as far as memory is set aside for them: repeats are answered without a write.
 * It may forget; behind it an event has effect once all the same.
 */
export class RecentIds {
  private young = new Set<string>();
  private old = new Set<string>();
  private bornAt: number;

  constructor(private readonly clock: () => number) {
    this.bornAt = clock();
  }

  has(id: string): boolean {
    return this.young.has(id) || this.old.has(id);
  }

  /** Remembers ids whose events are durable. */
  add(ids: Iterable<string>): void {
    if (this.young.size >= mostPerGeneration || this.clock() - this.bornAt >= lifetimeMs) {
      this.old = this.young;
      this.young = new Set();
      this.bornAt = this.clock();
    }
    for (const id of ids) this.young.add(id);
  }
}
