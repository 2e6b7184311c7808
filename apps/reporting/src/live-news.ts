import { type Topic, topics } from '@baton/contracts/topics';
import { Marks, placeName } from '@baton/messaging/marks';
import type { Batch, Positions } from '@baton/messaging/record';
import type { Transport } from '@baton/messaging/transport';
import type { HotState } from '@baton/service-kit/hot-state';
import { HOT_STATE, TRANSPORT } from '@baton/service-kit/tokens';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type LiveEvent, LiveFeed } from './live-feed.js';

/** The topics that open pages hear of. */
const toldTopics: readonly Topic[] = [topics.leadScores, topics.leadStages, topics.leadAssignments, topics.slaClocks];
const channel = 'live';
const lookEveryMs = 1_000;
/** What is more than this is not worth carrying: pages ask for everything anew. */
const mostCarried = 1_000;

/** What a replica committed, as the others are told: up to which positions of its places, and what happened; null is too much. */
interface Told {
  readonly reached: readonly (readonly [place: string, next: number])[];
  readonly events: readonly LiveEvent[] | null;
}

/**
 * Gives the pages of this replica what any replica committed. Replicas tell each other; what they could not tell (there is
 * no Redis, or it was away) shows in the stored positions, which are looked at once a second while a page is open: then the
 * pages are asked to read everything anew. So no page stays behind for more than two seconds, Redis or not.
 */
@Injectable()
export class LiveNews implements OnApplicationShutdown {
  private readonly told = new Marks();
  private readonly closing = new AbortController();
  private watching: Promise<void> | undefined;

  constructor(
    @Inject(LiveFeed) private readonly feed: LiveFeed,
    @Inject(HOT_STATE) private readonly hot: HotState,
    @Inject(TRANSPORT) private readonly transport: Transport,
  ) {
    hot.hear(channel, (text) => this.hear(JSON.parse(text) as Told));
  }

  /** To be called after the commit of a batch with the events it gave. */
  publish({ topic, records }: Batch, events: readonly LiveEvent[]): void {
    if (!toldTopics.some(({ name }) => name === topic)) return;
    const reached = [...new Map(records.map(({ partition, position }) => [placeName(topic, partition), position + 1]))];
    this.reach(reached);
    this.feed.publish(events);
    const told: Told = { reached, events: events.length > mostCarried ? null : events };
    this.hot.tell(channel, JSON.stringify(told));
  }

  /** A stream of what is committed from now on, or behind `lastId`. */
  async open(lastId?: string): Promise<Readable> {
    this.watching ??= this.begin();
    await this.watching;
    return this.feed.open(lastId);
  }

  onApplicationShutdown(): void {
    this.closing.abort();
    this.feed.close();
  }

  private reach(reached: Told['reached']): void {
    for (const [place, next] of reached) this.told.raise(place, next);
  }

  private hear({ reached, events }: Told): void {
    this.reach(reached);
    if (events) this.feed.publish(events);
    else this.feed.missed();
  }

  /** From here on nothing goes by unseen: what was before, a page that opens now asks for. */
  private async begin(): Promise<void> {
    const seen = await this.stored();
    this.catchUp(seen, seen);
    void this.watch(seen).catch(() => undefined);
  }

  private async watch(begun: Positions): Promise<void> {
    for (let seen = begun; ;) {
      await delay(lookEveryMs, undefined, { signal: this.closing.signal, ref: false });
      if (this.feed.openReaders === 0) break;
      const stored = await this.stored();
      // Only what was there a second ago: of what is newer the others may be about to tell.
      this.catchUp(seen, stored);
      seen = stored;
    }
    this.watching = undefined;
  }

  private catchUp(seen: Positions, stored: Positions): void {
    const places = (positions: Positions) =>
      toldTopics.flatMap(({ name }) =>
        Object.entries(positions[name] ?? {}).map(
          ([partition, next]) => [placeName(name, Number(partition)), next] as const,
        ),
      );
    if (places(seen).every(([place, next]) => (this.told.get(place) ?? 0) >= next)) return;
    this.feed.missed();
    this.reach(places(stored));
  }

  /** The next position of this service per topic and partition; empty when the database does not say. */
  private stored(): Promise<Positions> {
    return this.transport.consumedPositions('reporting').catch(() => ({}));
  }
}
