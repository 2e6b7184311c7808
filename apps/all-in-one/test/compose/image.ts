import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { promisify } from 'node:util';
import { root } from './compose-file.js';

const run = promisify(execFile);
const workplace = '/baton/';
const installs = 'npm ci && ';

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** What the Dockerfile's steps make, outside of a container. */
export interface Image {
  /** What the image has below its working directory. */
  readonly folder: string;
  /** A Node that every user may run. */
  readonly node: string;
  /** Of the entry point, behind `node`. */
  readonly entry: readonly string[];
  readonly command: readonly string[];
}

/**
 * Takes the steps of `deploy/Dockerfile` in a folder outside of the repository: copies what `.dockerignore` lets through, runs
 * each RUN as it stands there, and gathers what the last stage copies. Only the installation that a build begins with is
 * taken from the repository, which was installed in the same way.
 */
export async function makeImage(): Promise<Image> {
  const home = await mkdtemp(join(tmpdir(), 'baton-image-'));
  const [built, folder, node] = [join(home, 'build'), join(home, 'image'), join(home, 'node')];
  const instructions = parse(await readFile(join(root, 'deploy/Dockerfile'), 'utf8'));
  const stages = instructions.filter(({ name }) => name === 'FROM').length;
  if (stages !== 2) throw new Error(`The Dockerfile has ${stages} stages; this knows of two`);
  await copyContext(built);
  for (const { name, rest } of instructions) {
    if (name === 'RUN') await runStep(rest, built);
    const [, from, to] = (name === 'COPY' && /^--from=build (\S+) (\S+)$/.exec(rest)) || [];
    if (from !== undefined && to !== undefined) await gather(join(built, from.replace(workplace, '')), folder, to);
  }
  await copyFile(process.execPath, node);
  // As in an image: everybody may read it, and nobody but root may write.
  await run('chmod', ['-R', 'a+rX,a-w', folder]);
  await run('chmod', ['a+rx', home]);
  const words = (name: string) => JSON.parse(instructions.findLast((each) => each.name === name)!.rest) as string[];
  return { folder, node, entry: words('ENTRYPOINT').slice(1), command: words('CMD') };
}

function parse(dockerfile: string): readonly Instruction[] {
  const lines = dockerfile
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter(Boolean);
  return lines.map((line) => ({ name: line.split(' ', 1)[0]!, rest: line.slice(line.indexOf(' ') + 1) }));
}

async function copyContext(to: string): Promise<void> {
  const ignore = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n');
  const patterns = ignore.filter((line) => line !== '' && !line.startsWith('#'));
  await cp(root, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !patterns.some((pattern) => matchesGlob(relative(root, path), pattern)),
  });
}

async function runStep(step: string, folder: string): Promise<void> {
  const isFirst = step.startsWith(installs);
  if (isFirst) await linkPackages(folder);
  // What was installed here is in the cache of npm.
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], npm_config_prefer_offline: 'true' };
  await run('/bin/sh', ['-ec', isFirst ? step.slice(installs.length) : step], { cwd: folder, env });
}

/** The packages of the repository, by hard links where the file system can. */
async function linkPackages(folder: string): Promise<void> {
  const projects = await Promise.all(['apps', 'libs'].map((area) => readdir(join(root, area))));
  const places = ['', ...projects[0]!.map((name) => `apps/${name}`), ...projects[1]!.map((name) => `libs/${name}`)];
  for (const place of places) {
    const [from, to] = [join(root, place, 'node_modules'), join(folder, place, 'node_modules')];
    await run('/bin/sh', ['-c', '[ ! -d "$0" ] || cp -al "$0" "$1" 2>/dev/null || cp -a "$0" "$1"', from, to]);
  }
}

async function gather(from: string, folder: string, to: string): Promise<void> {
  const target = join(folder, to, to.endsWith('/') ? from.slice(dirname(from).length) : '');
  await mkdir(dirname(target), { recursive: true });
  await cp(from, target, { recursive: true, verbatimSymlinks: true });
}
