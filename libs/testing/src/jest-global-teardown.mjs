import { rm } from 'node:fs/promises';

/** Ends the server that the set-up started, after passed and failed runs alike. */
export default async function stopPostgres() {
  const started = globalThis.batonTestPostgres;
  if (!started) return;
  await started.postgres.stop();
  await rm(started.home, { recursive: true, force: true });
}
