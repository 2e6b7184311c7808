import { freePorts } from '@baton/testing/free-ports';
import { type GuardedChild, spawnGuarded } from '@baton/testing/guarded-child';
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Killable } from './killable-postgres.js';

/** A Redis of the attack's own, which forgets everything when it is killed. */
export async function killableRedis(folder: string): Promise<Killable> {
  const [port] = await freePorts(1);
  let child: GuardedChild | undefined;
  return {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const parameters = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
      child = await spawnGuarded('redis-server', parameters, { cwd: folder, stdio: 'ignore' });
      while (!(await accepts(port!))) await delay(20);
    },
    async kill() {
      child?.process.kill('SIGKILL');
      await child?.ended;
    },
  };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
