import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from './free-ports.js';
import { type GuardedChild, spawnGuarded } from './guarded-child.js';
import { programOnPath } from './program-on-path.js';

export const redisHint = 'there is no redis-server on the PATH; apt-get install redis-server';

const longestStartMs = 10_000;

/** A Redis of a test's own, on a port that stays the same; it ends with this process. */
export interface TestRedis {
  readonly url: string;
  /** As a crash: at once, and nothing is kept. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, empty. */
  start(): Promise<void>;
  /** It holds its connections and answers nothing, until `resume`. */
  freeze(): void;
  resume(): void;
}

/** Path of the installed `redis-server`, for `describeWith`. */
export function redisProgram(): string | false {
  return programOnPath('redis-server');
}

/** Starts a Redis with these further settings (`{ requirepass: 'secret' }`). Call `kill` when done. */
export async function startRedis(settings: Readonly<Record<string, string>> = {}): Promise<TestRedis> {
  const program = redisProgram();
  if (!program) throw new Error(redisHint);
  const [port = 0] = await freePorts(1);
  const fixed = { port: String(port), bind: '127.0.0.1', save: '', appendonly: 'no', dir: tmpdir() };
  const parameters = Object.entries({ ...fixed, ...settings }).flatMap(([name, value]) => [`--${name}`, value]);
  let child: GuardedChild | undefined;
  const redis: TestRedis = {
    url: `redis://127.0.0.1:${port}`,
    async kill() {
      child?.process.kill('SIGKILL');
      await child?.ended;
    },
    async start() {
      child = await spawnGuarded(program, parameters, { stdio: 'ignore' });
      await listening(port);
    },
    freeze: () => void child?.process.kill('SIGSTOP'),
    resume: () => void child?.process.kill('SIGCONT'),
  };
  await redis.start();
  return redis;
}

async function listening(port: number): Promise<void> {
  for (const deadline = Date.now() + longestStartMs; ; await delay(10)) {
    if (await connects(port)) return;
    if (Date.now() > deadline) throw new Error(`redis-server does not listen on port ${port}`);
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
