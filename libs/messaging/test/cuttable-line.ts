import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** A way to a server that can be cut like a process's own sockets when it is killed: at once, without a word, for good. */
export interface CuttableLine {
  /** The server's address, led through the line. */
  readonly url: string;
  cut(): Promise<void>;
  /** Breaks what is connected now, and lets it connect again. */
  interrupt(): void;
}

export async function cuttableLine(url: string): Promise<CuttableLine> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const line = createServer((near) => {
    const far = keep(connect(Number(target.port || 5432), target.hostname));
    keep(near).pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((listening) => line.listen(0, '127.0.0.1', listening));
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((line.address() as AddressInfo).port);
  return {
    url: through.href,
    interrupt() {
      for (const socket of sockets) socket.destroy();
    },
    async cut() {
      const closed = new Promise((resolve) => line.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
