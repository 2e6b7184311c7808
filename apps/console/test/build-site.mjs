import { build } from 'vite';
import { fileURLToPath } from 'node:url';

/** The browser tests look at what is shipped, so it is built before them, beside what a running instance serves. */
export default async function buildSite() {
  const environment = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  await build({
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'error',
    build: { outDir: 'test-results/site', emptyOutDir: true },
  });
  process.env.NODE_ENV = environment;
}
