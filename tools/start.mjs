// `npm start`: from a fresh clone to a running product. Runs on Node 20 without any package, so that it can install them.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ensureBuilt, ensureInstalled, fail, nodeProgram, root, stopSignals } from './workspace.mjs';

const parameters = process.argv.slice(2);
const unknown = parameters.filter((parameter) => parameter !== '--demo');
if (unknown.length > 0)
  fail(`npm start knows only --demo, not ${unknown.join(' ')}; settings are environment variables, see README.md.`);

await ensureInstalled();
await ensureBuilt();

const node = nodeProgram();
const product = start('apps/all-in-one/dist/main.js', ['--stop-with-input'], { stdio: ['pipe', 'pipe', 'inherit'] });
const children = [product];
for (const signal of stopSignals) process.on(signal, stopAll);
stopWithNpm();

createInterface({ input: product.stdout }).on('line', (line) => {
  console.log(line);
  const url = /^ready (\S+)$/.exec(line)?.[1];
  if (url && parameters.includes('--demo')) startDemo(url);
});
product.once('exit', (code, signal) => {
  for (const child of children) child.kill('SIGTERM');
  if (signal) console.error(`The product was ended by ${signal}; the next start recovers by itself.`);
  process.exit(code ?? 1);
});

function start(program, programParameters, options) {
  return spawn(node, ['--enable-source-maps', program, ...programParameters], { cwd: root, ...options });
}

function stopAll() {
  for (const child of children) child.kill('SIGTERM');
}

/** An npm that is killed outright cannot pass that on: without it nobody would ever stop the product. */
function stopWithNpm() {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stopAll(), 500).unref();
}

/** The market of the demo comes through the public endpoints, like everybody's events. */
function startDemo(url) {
  const env = { ...process.env, BATON_URL: url };
  children.push(start('apps/cli/dist/main.js', ['demo'], { env, stdio: ['ignore', 'inherit', 'inherit'] }));
}
