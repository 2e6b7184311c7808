import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Chance } from './chance.js';

export const moods = ['well', 'slow', 'failing', 'dead'] as const;
export type Mood = (typeof moods)[number];

/** A message as somebody's endpoint took it: answered with 204. */
export interface Taken {
  readonly id: string;
  readonly body: string;
}

export interface UnreliableReceiver {
  readonly url: string;
  readonly taken: readonly Taken[];
  /** How many requests were answered with 500 or cut off. */
  readonly refused: number;
  mood: Mood;
  close(): Promise<void>;
}

/** Somebody's endpoint for webhooks with moods: slow answers in up to a second, failing answers 500 to half, dead cuts every connection. */
export async function unreliableReceiver(chance: Chance): Promise<UnreliableReceiver> {
  const taken: Taken[] = [];
  const receiver = { url: '', taken, refused: 0, mood: 'well' as Mood, close: () => Promise.resolve() };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { mood } = receiver;
      if (mood === 'dead') return refuse(() => request.destroy());
      if (mood === 'failing' && chance.happens(0.5)) return refuse(() => response.writeHead(500).end());
      taken.push({ id: String(request.headers['webhook-id']), body: Buffer.concat(chunks).toString() });
      const answer = () => response.writeHead(204).end();
      if (mood === 'slow') setTimeout(answer, chance.between(50, 1_000));
      else answer();
    });
  });
  const refuse = (how: () => void): void => {
    receiver.refused += 1;
    how();
  };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  receiver.close = () =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return receiver;
}
