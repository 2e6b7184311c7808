import { rm } from 'node:fs/promises';

/** Ends the servers that the set-up started, after passed and failed runs alike. */
export default async function stopServers() {
  await globalThis.batonTestKafka?.stop();
  const started = globalThis.batonTestPostgres;
  if (!started) return;
  await started.postgres.stop();
  await rm(started.home, { recursive: true, force: true });
}
