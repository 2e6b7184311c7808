import { waitBefore } from './backoff.js';
import type { Log } from './log.js';
import type { Sql } from './sql.js';

/** What firing answers; the unit of work knows what to do with it. */
export interface Fired {
  readonly publish: readonly unknown[];
  committed?(): void;
  rolledBack?(): void;
}

/** The unit of work of messaging, as far as timers need it. */
export interface TimerUnit {
  run<Result>(work: (sql: Sql) => Promise<{ result: Result } & Fired>): Promise<{ result: Result }>;
}

/** The moment that rows were found due, and whether everything that could still speak against them had been read. */
export interface Due {
  /** Epoch ms. Nothing later than this may be decided: what was unread then has been read, what came since has not. */
  readonly now: number;
  /** False when `ready` answered false: mark what is decided as resting on an incomplete basis. */
  readonly complete: boolean;
}

export interface TimersOptions<Row> {
  readonly unit: TimerUnit;
  readonly clock: () => number;
  /** Due time of the earliest row, epoch ms; null when there is none. An index on the due time alone makes it cheap. */
  nextDue(): Promise<number | null>;
  /** Up to `limit` rows due at `now`, locked with `for update skip locked`, earliest first. */
  claim(sql: Sql, now: number, limit: number): Promise<readonly Row[]>;
  /**
   * Awaited when rows were found due, before they are claimed; answers false when it gave up waiting. `stop` aborts the
   * signal, which may end the waiting with its reason.
   */
  ready?(stopping: AbortSignal): Promise<boolean | void>;
  /** Gives the claimed rows their effects and deletes or moves them, all in the transaction that claimed them. */
  fire(rows: readonly Row[], sql: Sql, due: Due): Promise<Fired>;
  /** Rows per transaction; default 500. */
  readonly limit?: number;
  readonly log?: Log;
}

export interface Timers {
  start(): void;
  /** Finishes the transaction in hand. */
  stop(): Promise<void>;
  /** Tells of a due time that may be earlier than the one slept for; without a time, looks at once. */
  wake(at?: number): void;
}

/** A sleep is cut here, so that rows of another process, which nobody tells of, are found in time. */
const longestSleepMs = 30_000;
/** Rows found due but not claimed are in another replica's hands. */
const takenPauseMs = 50;

/**
 * Fires rows when they fall due: sleeps until the earliest, claims, fires and commits in one transaction. So a row has its
 * effect once, whichever replicas are awake and whenever they die; one that was due while nobody ran fires at the start.
 */
export function createTimers<Row>(options: TimersOptions<Row>): Timers {
  return new SleepingTimers(options);
}

class SleepingTimers<Row> implements Timers {
  private readonly abort = new AbortController();
  private running: Promise<void> | undefined;
  /** Until when it sleeps, epoch ms; undefined while it is at work. */
  private sleepingUntil: number | undefined;
  private endSleep: (() => void) | undefined;
  private wokenAtWork = false;

  constructor(private readonly options: TimersOptions<Row>) {}

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.abort.abort();
    this.endSleep?.();
    await this.running;
  }

  wake(at?: number): void {
    if (this.sleepingUntil === undefined) this.wokenAtWork = true;
    else if (at === undefined || at < this.sleepingUntil) this.endSleep?.();
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.abort.signal.aborted) {
      try {
        await this.step();
        failures = 0;
      } catch (error) {
        if (error === this.abort.signal.reason) return;
        failures += 1;
        this.options.log?.warn('Timers pause and will try again', {
          reason: error instanceof Error ? error.message : String(error),
          failures,
        });
        await waitBefore(failures, this.abort.signal);
      }
    }
  }

  private async step(): Promise<void> {
    const { clock } = this.options;
    this.wokenAtWork = false;
    const now = clock();
    const next = await this.options.nextDue();
    if (next === null || next > now) {
      await this.sleep(next === null ? Infinity : next);
      return;
    }
    const complete = (await this.options.ready?.(this.abort.signal)) !== false;
    const { result: fired } = await this.options.unit.run((sql) => this.fireDue(sql, { now, complete }));
    if (fired === 0) await this.sleep(clock() + takenPauseMs);
  }

  private async fireDue(sql: Sql, due: Due): Promise<{ result: number } & Fired> {
    const rows = await this.options.claim(sql, due.now, this.options.limit ?? 500);
    if (rows.length === 0) return { result: 0, publish: [] };
    return { ...(await this.options.fire(rows, sql, due)), result: rows.length };
  }

  private async sleep(until: number): Promise<void> {
    if (this.wokenAtWork || this.abort.signal.aborted) return;
    this.sleepingUntil = until;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(longestSleepMs, Math.max(1, until - this.options.clock())));
      this.endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.sleepingUntil = undefined;
    this.endSleep = undefined;
  }
}
