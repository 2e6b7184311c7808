// `npm run lint`: rules on the code, its form, its layers and what nobody uses. Every part runs; any fault fails.
import { ensureInstalled, nodeProgram, run } from './workspace.mjs';

await ensureInstalled();
const node = nodeProgram();
const parts = [
  // ESLint's rule on project boundaries reads the graph that this leaves behind.
  ['nx', ['node_modules/.bin/nx', 'show', 'projects', '--json']],
  ['eslint', ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0']],
  ['prettier', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']],
  [
    'dependency-cruiser',
    [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      'libs',
      'apps',
    ],
  ],
  ['knip', ['node_modules/knip/bin/knip.js', '--no-config-hints']],
];
const failures = [];
for (const [name, parameters] of parts) {
  const stdio = name === 'nx' ? ['ignore', 'ignore', 'inherit'] : 'inherit';
  if ((await run(node, parameters, { stdio, env: { ...process.env, NX_DAEMON: 'false' } })) !== 0) failures.push(name);
}
console.log(failures.length === 0 ? 'lint: no faults' : `lint: faults found by ${failures.join(', ')}`);
process.exit(failures.length === 0 ? 0 : 1);
