import { registerHooks } from 'node:module';

// The process that the orphan test kills: starts a server in the folder given and dies without a word.
registerHooks({
  resolve(specifier, context, next) {
    const ours = specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts');
    return next(ours ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
const { startEmbeddedPostgres } = await import('../src/embedded-postgres.ts');
await startEmbeddedPostgres({ home: process.argv[2], log: console });
process.kill(process.pid, 'SIGKILL');
