import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** A port in front of a real server, so that a test can take the server away from whoever is connected and give it back. */
export interface Relay {
  readonly port: number;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Takes connections again, at the same port, to the port given or to the one before. */
  restore(target?: number): Promise<void>;
}

/** Relays a free port of 127.0.0.1 to another; `isUp` false begins with it cut. */
export async function openRelay(target: number, { isUp = true } = {}): Promise<Relay> {
  const sockets = new Set<Socket>();
  let towards = target;
  const server = createServer((near) => {
    const far = connect(towards, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => (sockets.delete(from), to.destroy()));
      from.pipe(to);
    }
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const relay: Relay = {
    port,
    async cut() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async restore(next = towards) {
      towards = next;
      await listen(port);
    },
  };
  if (!isUp) await relay.cut();
  return relay;
}

/** A PostgreSQL address by way of a relay. */
export function throughRelay(url: string, { port }: Pick<Relay, 'port'>): string {
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(port);
  return through.href;
}
