import { log } from './log.js';
import { startEmbeddedPostgres } from '@baton/persistence/embedded-postgres';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startBenched } from './product.js';
import { measureSingle } from './single-events.js';

export interface AgainstBare {
  /** Medians of the rounds, requests per second. */
  readonly product: number;
  readonly bare: number;
  readonly ratios: readonly number[];
}

const rounds = 5;

/** The product and a bare server, one after the other in pairs, each with a PostgreSQL of its own of the same kind. */
export async function measureAgainstBare(seconds: number): Promise<AgainstBare> {
  const product = await startBenched();
  const bare = await startBare();
  const pairs = [];
  for (let round = 0; round < rounds; round++) {
    const ours = await measureSingle(product.url, product.writeKey, seconds);
    await product.drained();
    const theirs = await measureSingle(bare.url, product.writeKey, seconds);
    pairs.push({ ours: ours.perSecond, theirs: theirs.perSecond });
  }
  await product.stop();
  await bare.stop();
  const middle = (values: number[]) => values.sort((left, right) => left - right)[Math.floor(rounds / 2)]!;
  return {
    product: middle(pairs.map(({ ours }) => ours)),
    bare: middle(pairs.map(({ theirs }) => theirs)),
    ratios: pairs.map(({ ours, theirs }) => ours / theirs),
  };
}

async function startBare(): Promise<{ url: string; stop(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'baton-bare-'));
  const postgres = await startEmbeddedPostgres({ home, log });
  const script = fileURLToPath(new URL('bare-server.js', import.meta.url));
  const child = spawn(process.execPath, [script, postgres.socketUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    url: line.replace('ready ', ''),
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
