import type { Topic } from '@baton/contracts/topics';
import type { Log } from '@baton/persistence/log';
import { type Session, openSession } from '@baton/persistence/open-session';
import { joinGroup, leaseKey, countMembers } from './lease-store.js';
import type { Leases } from './leases.js';
import type { LogView } from './log-view.js';
import { listenForEnds, tellEnds } from './notification-store.js';
import type { Positions } from './record.js';
import type { Segment } from './segment.js';

export interface LogLinkOptions {
  readonly url: string;
  readonly log: Log;
  readonly applicationName: string;
  readonly pollMs: number;
  readonly leases: Leases;
  readonly view: LogView;
  readonly topics: readonly Topic[];
}

/** Commits of a few milliseconds are told in one notification. */
const tellAfterMs = 3;
/** Every process with a log joins it, so that one that is alone tells nobody. */
const processes = leaseKey('baton processes', 0).group;

/**
 * This process's tie to the others on the same PostgreSQL: a session that holds the leases, hears of others' commits and
 * tells of ours. A slow round makes up for whatever a notification missed; a lost session is opened again, its leases
 * having stopped.
 */
export class LogLink {
  private session: Session | undefined;
  private untold: Positions = {};
  private others = false;
  private closing = false;
  private tellTimer: NodeJS.Timeout | undefined;
  private roundTimer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();

  constructor(private readonly options: LogLinkOptions) {}

  async open(): Promise<void> {
    await this.connect();
    await this.balance();
    this.scheduleRound();
  }

  /** Tells the other processes, soon. */
  announce(segments: readonly Segment[]): void {
    if (!this.others || segments.length === 0) return;
    for (const { topic, partition, first, count } of segments) (this.untold[topic] ??= {})[partition] = first + count;
    this.tellTimer ??= setTimeout(() => void this.tell(), tellAfterMs);
  }

  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.roundTimer);
    await this.round;
    await this.options.leases.lose();
    clearTimeout(this.tellTimer);
    await this.tell();
    await this.session?.close();
    this.others = false;
  }

  private async connect(): Promise<void> {
    const { url, applicationName, view } = this.options;
    let lost = false;
    const session = await openSession({
      url,
      applicationName: `${applicationName} link`,
      onNotification: (_channel, payload) => view.raiseEnds(JSON.parse(payload) as Positions),
      onLost: () => {
        lost = true;
        this.session = undefined;
      },
    });
    try {
      await listenForEnds(session);
      await joinGroup(session, processes);
    } catch (error) {
      await session.close();
      throw error;
    }
    if (!lost) this.session = session;
  }

  private scheduleRound(): void {
    if (this.closing) return;
    this.roundTimer = setTimeout(() => {
      this.round = this.runRound().finally(() => this.scheduleRound());
    }, this.options.pollMs);
    this.roundTimer.unref();
  }

  private async runRound(): Promise<void> {
    try {
      if (!this.session) {
        await this.options.leases.lose();
        await this.connect();
      }
      await this.balance();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.options.log.warn('The log cannot be reached and will be tried again', { reason });
    }
  }

  private async balance(): Promise<void> {
    const { session } = this;
    if (!session) return;
    await this.options.view.loadEnds(this.options.topics);
    await this.options.leases.balance(session);
    this.others = ((await countMembers(session, [processes])).get(processes) ?? 1) > 1;
  }

  private async tell(): Promise<void> {
    this.tellTimer = undefined;
    const ends = this.untold;
    this.untold = {};
    if (Object.keys(ends).length === 0) return;
    // A notification that fails is made up for by the other processes' own rounds.
    await tellEnds(this.session, ends).catch(() => undefined);
  }
}
