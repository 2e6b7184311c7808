import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { openWaitingRoom } from '../src/waiting-room.js';

let silent: Socket | undefined;
afterEach(() => void silent?.destroy());

describe('the waiting room', () => {
  it('lets go of the port though somebody connected and asked for nothing, as browsers and balancers do', async () => {
    const room = await openWaitingRoom({ host: '127.0.0.1', port: 0 });
    silent = connect(room.port, '127.0.0.1').on('error', () => undefined);
    silent.resume();
    await once(silent, 'connect');
    const answer = await fetch(`http://127.0.0.1:${room.port}/health/live`);
    expect(answer.status).toBe(200);
    const gone = once(silent, 'close');
    await room.close();
    await gone;
    await expect(fetch(`http://127.0.0.1:${room.port}/health/live`)).rejects.toThrow();
  });
});
