import type { Readable } from 'node:stream';

/** The answers that never end by themselves (server-sent events), so that a shutdown can end them. */
export class LiveStreams {
  private readonly open = new Set<Readable>();

  track(stream: Readable): Readable {
    this.open.add(stream);
    stream.once('close', () => this.open.delete(stream));
    return stream;
  }

  endAll(): void {
    for (const stream of this.open) stream.push(null);
  }
}
