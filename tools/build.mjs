// Compiles every project and bundles the console.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodeProgram, projectFolders, root, run } from './workspace.mjs';

const node = nodeProgram();
const configurations = projectFolders()
  .map((folder) => join(folder, 'tsconfig.build.json'))
  .filter((file) => existsSync(join(root, file)));

const codes = await Promise.all([
  run(node, ['node_modules/typescript-native/bin/tsc', '--build', ...configurations]),
  run(node, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn', 'apps/console']),
]);
process.exit(Math.max(...codes));
