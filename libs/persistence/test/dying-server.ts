import { type AddressInfo, createServer } from 'node:net';

/** Field types and texts of an ErrorResponse (PostgreSQL's frontend/backend protocol 3.0). */
const farewell = ['SFATAL', 'VFATAL', 'C57P01', 'Mterminating connection due to unexpected postmaster exit'];

/** A server that lets everybody in and, in the same breath, says that it dies: what a PostgreSQL that is killed can do. */
export async function dyingServer(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.end(
        Buffer.concat([
          messageOf('R', Buffer.from([0, 0, 0, 0])),
          messageOf('Z', Buffer.from('I')),
          messageOf('E', Buffer.from(`${farewell.join('\0')}\0\0`)),
        ]),
      );
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `postgres://baton@127.0.0.1:${(server.address() as AddressInfo).port}/baton`,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

function messageOf(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}
