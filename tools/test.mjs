// `npm test`: everything this machine can be given, in one jest run; ends with `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureBuilt, ensureInstalled, nodeProgram, root, stopSignals } from './workspace.mjs';

await ensureInstalled();
await ensureBuilt();

const folder = mkdtempSync(join(tmpdir(), 'baton-test-result-'));
const report = join(folder, 'jest.json');
const skipped = new Set();
const code = await runJest();
const result = readReport();
rmSync(folder, { recursive: true, force: true });

for (const line of skipped) console.log(line);
const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
console.log(`${result.numPassedTests} passed, ${failed} failed`);
process.exit(code === 0 && failed === 0 ? 0 : 1);

function runJest() {
  const parameters = ['node_modules/jest/bin/jest.js', '--json', `--outputFile=${report}`, ...process.argv.slice(2)];
  const node = nodeProgram();
  const nodeOptions = `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`;
  const path = `${join(node, '..')}:${process.env.PATH}`;
  const env = { ...process.env, PATH: path, NODE_OPTIONS: nodeOptions.trim() };
  const child = spawn(node, parameters, { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] });
  createInterface({ input: child.stderr }).on('line', (line) => {
    console.error(line);
    if (line.startsWith('SKIPPED ')) skipped.add(line);
  });
  for (const signal of stopSignals) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('close', (exitCode) => resolve(exitCode ?? 1)));
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numRuntimeErrorTestSuites: 0 };
  }
}
