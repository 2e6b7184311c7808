import type { ServerResponse } from 'node:http';

/** The answers that never end by themselves (server-sent events), so that a shutdown can end them. */
export class LiveStreams {
  private readonly open = new Set<ServerResponse>();

  track(response: ServerResponse): void {
    this.open.add(response);
    response.once('close', () => this.open.delete(response));
  }

  endAll(): void {
    for (const response of this.open) response.end();
  }
}
