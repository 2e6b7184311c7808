// `npm run dev:kafka`: a Kafka broker for development, the one that the tests use; see --help.
import { ensureInstalled, nodeProgram, run } from './workspace.mjs';

const asksForHelp = process.argv.includes('--help');
if (!asksForHelp) await ensureInstalled();
process.exitCode = await run(asksForHelp ? process.execPath : nodeProgram(), [
  'libs/testing/src/dev-kafka.mjs',
  ...process.argv.slice(2),
]);
