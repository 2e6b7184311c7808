import { type AddressInfo, createServer, type Server } from 'node:net';

/** As many different ports of 127.0.0.1 that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const probes = await Promise.all(Array.from({ length: count }, listen));
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port);
  await Promise.all(probes.map((probe) => new Promise((closed) => probe.close(closed))));
  return ports;
}

function listen(): Promise<Server> {
  const probe = createServer();
  return new Promise((listening, failed) => probe.once('error', failed).listen(0, '127.0.0.1', () => listening(probe)));
}
