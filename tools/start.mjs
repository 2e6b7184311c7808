// `npm start`: from a fresh clone to a running product. Runs on Node 20 without any package, so that it can install them.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ensureBuilt, ensureInstalled, fail, nodeProgram, root } from './workspace.mjs';

const parameters = process.argv.slice(2);
const unknown = parameters.filter((parameter) => parameter !== '--demo');
if (unknown.length > 0)
  fail(`npm start knows only --demo, not ${unknown.join(' ')}; settings are environment variables, see README.md.`);

await ensureInstalled();
await ensureBuilt();

const node = nodeProgram();
const children = [
  spawn(node, ['--enable-source-maps', 'apps/all-in-one/dist/main.js'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  }),
];
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => children.forEach((child) => child.kill('SIGTERM')));

createInterface({ input: children[0].stdout }).on('line', (line) => {
  console.log(line);
  const url = /^ready (\S+)$/.exec(line)?.[1];
  if (url && parameters.includes('--demo')) startDemo(url);
});
children[0].once('exit', (code, signal) => {
  for (const child of children.slice(1)) child.kill('SIGTERM');
  process.exitCode = code ?? 1;
  if (signal) console.error(`The product was ended by ${signal}; the next start recovers by itself.`);
});

/** The market of the demo comes through the public endpoints, like everybody's events. */
function startDemo(url) {
  const env = { ...process.env, BATON_URL: url };
  children.push(
    spawn(node, ['--enable-source-maps', 'apps/cli/dist/main.js', 'demo'], {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    }),
  );
}
