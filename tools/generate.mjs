// `npm run generate`: writes what outsiders read (OpenAPI, AsyncAPI, JSON Schemas) from the contracts' sources.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled, fail, nodeProgram, root, run } from './workspace.mjs';

await ensureInstalled();
const contracts = join(root, 'libs/contracts');
const compiled = await run(nodeProgram(), [
  'node_modules/typescript-native/bin/tsc',
  '--build',
  join(contracts, 'tsconfig.build.json'),
]);
if (compiled !== 0) fail('The contracts do not compile; nothing was generated.');

const { generatedDocuments } = await import(pathToFileURL(join(contracts, 'dist/generated-documents.js')).href);
const { renderDocument } = await import('./render-document.mjs');
const target = join(contracts, 'generated');
if (!process.argv.includes('--breaking')) await refuseBreakingChanges();
rmSync(target, { recursive: true, force: true });
for (const [name, document] of Object.entries(generatedDocuments())) {
  mkdirSync(dirname(join(target, name)), { recursive: true });
  writeFileSync(join(target, name), renderDocument(name, document));
}

/** Facts that are already written must stay readable, so a schema may only grow; `--breaking` is for topics nobody reads yet. */
async function refuseBreakingChanges() {
  const { breakingChanges } = await import(pathToFileURL(join(contracts, 'dist/schema-changes.js')).href);
  const faults = Object.entries(generatedDocuments()).flatMap(([name, document]) => {
    const file = join(target, name);
    if (!name.startsWith('schemas/') || !existsSync(file)) return [];
    const next = JSON.parse(renderDocument(name, document));
    return breakingChanges(JSON.parse(readFileSync(file, 'utf8')), next).map((change) => `${name} ${change}`);
  });
  if (faults.length > 0)
    fail(['These changes break readers of stored facts; declare a fact type .v2 instead:', ...faults].join('\n  '));
}
