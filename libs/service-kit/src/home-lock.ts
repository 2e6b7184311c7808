import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { StartRefusal } from './start-refusal.js';

export interface HomeLock {
  release(): Promise<void>;
}

/**
 * Keeps a second process from running on the same home folder: two of them would end each other's database.
 * On Linux it is a socket in the abstract namespace, which vanishes with its process however that ends; elsewhere
 * nothing is locked.
 */
export async function lockHome(home: string): Promise<HomeLock> {
  if (process.platform !== 'linux') return { release: async () => {} };
  const name = createHash('sha256').update(realpathSync(home)).digest('hex').slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  await listen(server, `\0baton-${name}`).catch((error: { code?: string }) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new StartRefusal(
      `Another process already runs on ${home}; stop it first, or give this one another BATON_HOME`,
    );
  });
  return { release: () => new Promise((released) => server.close(() => released())) };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((listening, failed) => server.once('error', failed).listen(path, listening));
}
