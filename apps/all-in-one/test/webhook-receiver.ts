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
  /** Resolves when what has arrived is as wanted; rejects after 15 s. */
  until(wanted: (received: readonly Received[]) => boolean): Promise<void>;
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
  const until: WebhookReceiver['until'] = (wanted) =>
    new Promise((resolve, reject) => {
      const late = () => reject(new Error(`${received.length} webhooks arrived, not those that were waited for`));
      const patience = setTimeout(late, 15_000);
      tell = () => {
        if (!wanted(received)) return;
        clearTimeout(patience);
        resolve();
      };
      tell();
    });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    arrived: (count) => until(() => received.length >= count),
    until,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
