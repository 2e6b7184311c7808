import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'baton-test-postgres-';

/**
 * One PostgreSQL per run of the tests, whatever projects take part: jest calls this once for each distinct file.
 * BATON_TEST_DATABASE_URL names a server of your own instead; its user must be allowed to create databases.
 */
export default async function startPostgres() {
  if (process.env.BATON_TEST_DATABASE_URL) return;
  const { startEmbeddedPostgres, endOrphan } = await importSources();
  await removeLeftovers(endOrphan);
  const home = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  // Where root runs the tests, PostgreSQL runs as another user, who must be able to enter.
  await chmod(home, 0o755);
  // Tests kill connections and processes, never the machine: what is committed need not reach the disk.
  const settings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '400' };
  const postgres = await startEmbeddedPostgres({ home, log: console, settings });
  process.env.BATON_TEST_DATABASE_URL = postgres.url;
  globalThis.batonTestPostgres = { postgres, home };
}

/** Sources run as they are; only their `.js` specifiers must be led to the `.ts` files. */
async function importSources() {
  registerHooks({
    resolve(specifier, context, next) {
      const ours = specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts');
      return next(ours ? specifier.replace(/\.js$/, '.ts') : specifier, context);
    },
  });
  const persistence = new URL('../../persistence/src/', import.meta.url);
  const { startEmbeddedPostgres } = await import(new URL('embedded-postgres.ts', persistence).href);
  const { endOrphan } = await import(new URL('postgres-orphan.ts', persistence).href);
  return { startEmbeddedPostgres, endOrphan };
}

/** A killed run leaves its server behind; the next run ends it. */
async function removeLeftovers(endOrphan) {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    const pid = Number(name.slice(prefix.length).split('-')[0]);
    if (isAlive(pid)) continue;
    const home = join(tmpdir(), name);
    await endOrphan(join(home, 'postgres'), (port) => `postgres://nobody@127.0.0.1:${port}/postgres`, console);
    await rm(home, { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
