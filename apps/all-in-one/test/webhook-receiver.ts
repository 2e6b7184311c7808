import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Somebody's endpoint for webhooks, which keeps what it was sent. */
export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** Resolves when so many have arrived; rejects after 15 s. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function receiveWebhooks(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  let tell = (): void => undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString() });
      response.writeHead(204).end();
      tell();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    arrived: (count) =>
      new Promise((resolve, reject) => {
        const patience = setTimeout(() => reject(new Error(`${received.length} of ${count} webhooks arrived`)), 15_000);
        tell = () => {
          if (received.length < count) return;
          clearTimeout(patience);
          resolve();
        };
        tell();
      }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
