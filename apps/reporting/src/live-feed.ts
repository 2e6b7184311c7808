import { Readable } from 'node:stream';

/** What open pages hear of: who changed, when, and what is enough to decide whether to ask again. */
export interface LiveEvent {
  readonly event: 'stage' | 'assignment' | 'clock' | 'score';
  readonly data: { readonly lead: string; readonly at: string; readonly [field: string]: unknown };
}

interface Numbered {
  readonly number: number;
  readonly event: LiveEvent;
}

export interface LiveFeedOptions {
  /** Tells this feed's ids from those of an earlier process. */
  readonly id: string;
  /** How many of the newest events can be caught up on. */
  readonly remembered?: number;
  readonly heartbeatMs?: number;
  /** A reader that lets more than this pile up is let go; it comes back with the id it last read. */
  readonly maxBufferedBytes?: number;
}

/**
 * Hands what was committed to every open page, in the order of the commits. Memory is bounded twice: by the newest events
 * kept for readers that come back, and by what may pile up per reader. A reader whose last id is not among those kept hears
 * `resync` first: it must ask for everything anew.
 */
export class LiveFeed {
  private readonly kept: Numbered[] = [];
  private readonly readers = new Set<Readable>();
  private last = 0;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(private readonly options: LiveFeedOptions) {}

  publish(events: readonly LiveEvent[]): void {
    const { remembered = 1000 } = this.options;
    const added = events.map((event, index) => ({ number: this.last + index + 1, event })).slice(-remembered);
    this.last += events.length;
    this.kept.push(...added);
    this.kept.splice(0, this.kept.length - remembered);
    if (added.length === 0 || this.readers.size === 0) return;
    const text = (added.length < events.length ? this.resync() : '') + this.textOf(added);
    for (const reader of this.readers) this.send(reader, text);
  }

  /** Something happened that this feed was not told: every reader, and whoever comes back later, must ask for everything anew. */
  missed(): void {
    this.last += 1;
    this.kept.length = 0;
    for (const reader of this.readers) this.send(reader, this.resync());
  }

  /** A stream of server-sent events, from behind `lastId` on, or from now on. */
  open(lastId?: string): Readable {
    const reader = new Readable({ read: () => undefined });
    reader.on('close', () => this.leave(reader));
    this.readers.add(reader);
    this.heartbeat ??= setInterval(() => this.beat(), this.options.heartbeatMs ?? 15_000).unref();
    reader.push(`retry: 1000\n\n${this.since(lastId)}`);
    return reader;
  }

  get openReaders(): number {
    return this.readers.size;
  }

  /** Ends every stream: pages reconnect to whoever serves next. */
  close(): void {
    for (const reader of [...this.readers]) {
      reader.push(null);
      this.leave(reader);
    }
  }

  private textOf(entries: readonly Numbered[]): string {
    return entries
      .map(
        ({ number, event }) =>
          `id: ${this.idOf(number)}\nevent: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`,
      )
      .join('');
  }

  private since(lastId: string | undefined): string {
    if (lastId === undefined || lastId === '') return '';
    const number = lastId.startsWith(`${this.options.id}-`)
      ? Number(lastId.slice(this.options.id.length + 1))
      : Number.NaN;
    const oldest = this.kept[0]?.number ?? this.last + 1;
    if (!Number.isInteger(number) || number > this.last || number < oldest - 1) return this.resync();
    return this.textOf(this.kept.filter((entry) => entry.number > number));
  }

  private resync(): string {
    return `id: ${this.idOf(this.last)}\nevent: resync\ndata: {}\n\n`;
  }

  private idOf(number: number): string {
    return `${this.options.id}-${number}`;
  }

  private send(reader: Readable, text: string): void {
    if (reader.readableLength > (this.options.maxBufferedBytes ?? 1024 * 1024)) reader.destroy();
    else reader.push(text);
  }

  private beat(): void {
    for (const reader of this.readers) this.send(reader, ': still here\n\n');
  }

  private leave(reader: Readable): void {
    this.readers.delete(reader);
    if (this.readers.size > 0) return;
    clearInterval(this.heartbeat);
    this.heartbeat = undefined;
  }
}
