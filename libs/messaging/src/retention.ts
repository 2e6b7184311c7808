import type { Log } from '@baton/persistence/log';
import type { Database } from '@baton/persistence/sql';
import { dropOldSegments } from './retention-store.js';

const everyMs = 10 * 60_000;

/** Lets old segments go into the history while the process runs: those of compacted topics keep the newest record of each key. */
export class Retention {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly databases: () => readonly Database[],
    private readonly log: Log,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.running = this.run();
    }, everyMs);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    for (const database of this.databases()) {
      try {
        await dropOldSegments(database, Date.now());
      } catch (error) {
        this.log.warn('Old segments could not be dropped and will be tried again', {
          schema: database.schema,
          reason: String(error),
        });
      }
    }
  }
}
