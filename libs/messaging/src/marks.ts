/** Numbers by name that only grow, and a way to wait for one without asking again and again. */
export class Marks {
  private readonly values = new Map<string, number>();
  private readonly waiters = new Map<string, Set<() => void>>();

  get(name: string): number | undefined {
    return this.values.get(name);
  }

  /** Sets a mark unless it stands higher already, and wakes whoever waits for it. */
  raise(name: string, value: number): void {
    if ((this.values.get(name) ?? -1) >= value) return;
    this.values.set(name, value);
    for (const wake of [...(this.waiters.get(name) ?? [])]) wake();
  }

  /** Resolves true once the mark stands above `value`, false when the signal aborts first. */
  async above(name: string, value: number, signal: AbortSignal): Promise<boolean> {
    while ((this.values.get(name) ?? -1) <= value) {
      if (signal.aborted) return false;
      await this.changed(name, signal);
    }
    return true;
  }

  private changed(name: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.waiters.get(name) ?? new Set();
      this.waiters.set(name, waiting);
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

/** The name of a partition's mark. */
export function placeName(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
