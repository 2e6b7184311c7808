import type { Log } from '@baton/persistence/log';
import type { Database } from '@baton/persistence/sql';
import { setTimeout as delay } from 'node:timers/promises';
import { dropOldSegments } from './retention-store.js';

/** What is done to a service's log and history again and again. */
export interface Upkeep {
  readonly firstMs: number;
  readonly everyMs: number;
  work(database: Database, signal: AbortSignal): Promise<void>;
}

/** Of a log that is the topic: old segments go into the history, and those of compacted topics keep the newest record of each key. */
function upkeepOfLog(): Upkeep {
  const thinnedAt = new WeakMap<Database, number>();
  return {
    firstMs: 60_000,
    everyMs: 10 * 60_000,
    async work(database, signal) {
      const before = thinnedAt.get(database);
      const at = await dropOldSegments(database, Date.now(), { thinnedAt: before, signal });
      if (at !== undefined) thinnedAt.set(database, at);
    },
  };
}

/** Keeps logs and histories in order while the process runs: one round at a time, one database after another. */
export class Retention {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly databases: () => readonly Database[],
    private readonly log: Log,
    private readonly upkeep: Upkeep = upkeepOfLog(),
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { firstMs, everyMs } = this.upkeep;
    const { signal } = this.stopping;
    for (let ms = firstMs; !signal.aborted; ms = everyMs) {
      await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
      await this.round(signal);
    }
  }

  private async round(signal: AbortSignal): Promise<void> {
    for (const database of this.databases()) {
      if (signal.aborted) return;
      try {
        await this.upkeep.work(database, signal);
      } catch (error) {
        this.log.warn('Old segments could not be dropped and will be tried again', {
          schema: database.schema,
          reason: String(error),
        });
      }
    }
  }
}
