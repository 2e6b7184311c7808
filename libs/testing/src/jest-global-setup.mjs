import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSources } from './run-sources.mjs';

const prefix = 'baton-test-postgres-';

/** What suites share: called once per run of the tests, whatever projects take part. */
export default async function startServers() {
  runSources();
  await offerKafka();
  await startPostgres();
}

/**
 * One PostgreSQL for all suites.
 * BATON_TEST_DATABASE_URL names a server of your own instead; its user must be allowed to create databases.
 */
async function startPostgres() {
  if (process.env.BATON_TEST_DATABASE_URL) return;
  const persistence = new URL('../../persistence/src/', import.meta.url);
  const { startEmbeddedPostgres } = await import(new URL('embedded-postgres.ts', persistence).href);
  const { endOrphan } = await import(new URL('postgres-orphan.ts', persistence).href);
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

/** Starts one Kafka when the first suite asks for it: most runs need none. Suites ask from processes of their own. */
async function offerKafka() {
  let kafka;
  const server = createServer((request, response) => {
    kafka ??= import('./kafka-cluster.ts').then(({ startKafkaCluster }) => startKafkaCluster({ nodes: 1 }));
    kafka.then(
      ({ brokers }) => response.end(JSON.stringify(brokers)),
      (error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  process.env.BATON_TEST_KAFKA_STARTER = `http://127.0.0.1:${server.address().port}`;
  globalThis.batonTestKafka = {
    async stop() {
      server.close();
      await kafka?.then((cluster) => cluster.stop()).catch(() => undefined);
    },
  };
}

/** A killed run leaves its server behind; the next run ends it. */
async function removeLeftovers(endOrphan) {
  const { isAlive } = await import('./is-alive.ts');
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    const pid = Number(name.slice(prefix.length).split('-')[0]);
    if (isAlive(pid)) continue;
    const home = join(tmpdir(), name);
    await endOrphan(join(home, 'postgres'), (port) => `postgres://nobody@127.0.0.1:${port}/postgres`, console);
    await rm(home, { recursive: true, force: true });
  }
}
