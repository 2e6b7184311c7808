import { type Socket, connect } from 'node:net';
import type { ISocketFactory } from '../src/kafka-client.js';

/** A process's sockets to the brokers, which can be cut like those of a process that is killed or cut off. */
export interface CuttableSockets {
  readonly open: ISocketFactory;
  /** For good: later ones fail at once. */
  cut(): void;
  /** Breaks what is connected now; later ones connect. */
  interrupt(): void;
  /** From now on nothing comes through, and nothing says so: the broker stands still. */
  freeze(): void;
  /** Breaks what stood still; later ones connect. */
  thaw(): void;
}

export function cuttableSockets(): CuttableSockets {
  const sockets = new Set<Socket>();
  let dead = false;
  let frozen = false;
  const interrupt = (): void => {
    for (const socket of sockets) socket.destroy(new Error('the connection was reset'));
  };
  return {
    open({ host, port, onConnect }) {
      const socket = connect({ host, port }, onConnect);
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      if (frozen) socket.pause();
      if (dead) process.nextTick(() => socket.destroy(new Error('cut off')));
      return socket;
    },
    interrupt,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      interrupt();
    },
    cut() {
      dead = true;
      interrupt();
    },
  };
}
