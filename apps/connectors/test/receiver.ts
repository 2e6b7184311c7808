import { type IncomingHttpHeaders, type Server, type ServerResponse, createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answering = (received: Received, response: ServerResponse) => void;

/** A real HTTP receiver on a port of its own: keeps what comes, and answers as it is told. */
export class Receiver {
  readonly received: Received[] = [];
  answering: Answering = (_received, response) => response.writeHead(204).end();
  private readonly arrivals = new Set<() => void>();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response: ServerResponse) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        const received = { headers: request.headers, body };
        this.received.push(received);
        this.answering(received, response);
        for (const tell of this.arrivals) tell();
      });
    });
  }

  static async open(): Promise<Receiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Receiver(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  /** Resolves once so many requests have come. */
  async got(count: number): Promise<readonly Received[]> {
    while (this.received.length < count) {
      await new Promise<void>((resolve) => {
        const tell = (): void => {
          this.arrivals.delete(tell);
          resolve();
        };
        this.arrivals.add(tell);
      });
    }
    return this.received;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
