// `npm run bench`: measures the built product on this machine; see --help.
import { ensureBuilt, ensureInstalled, nodeProgram, run } from './workspace.mjs';

await ensureInstalled();
await ensureBuilt();
process.exitCode = await run(nodeProgram(), ['apps/bench/dist/main.js', ...process.argv.slice(2)]);
