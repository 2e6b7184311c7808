import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/embedded-postgres.js';
import { openDatabase } from '../src/open-database.js';

const started: EmbeddedPostgres[] = [];
const folders: string[] = [];
let lines: string[] = [];
const note = (message: string, fields?: object) => void lines.push(`${message} ${JSON.stringify(fields)}`);
const log = { info: note, warn: note, error: note };

let parent: string;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'baton-embedded-'));
  await promisify(execFile)('chmod', ['755', parent]);
  folders.push(parent);
});

afterAll(async () => {
  await Promise.all(started.map((postgres) => postgres.stop()));
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

async function start(home: string, settings?: Record<string, string>): Promise<EmbeddedPostgres> {
  lines = [];
  const postgres = await startEmbeddedPostgres({ home, log, settings });
  started.push(postgres);
  return postgres;
}

async function ask(url: string, statement: string): Promise<unknown> {
  const database = await openDatabase({ url, schema: 'public', poolSize: 1 });
  try {
    return await database.query(statement);
  } finally {
    await database.close();
  }
}

describe('the embedded PostgreSQL', () => {
  it('keeps its data from one start to the next', async () => {
    const home = join(parent, 'kept');
    const before = await start(home);
    await ask(before.url, 'create table kept (n int); insert into kept values (7)');
    await before.stop();
    await expect(ask(before.url, 'select 1')).rejects.toThrow();
    const after = await start(home);
    expect(await ask(after.url, 'select n from kept')).toEqual([{ n: 7 }]);
    await after.stop();
  });

  it('takes connections through a socket that only its own user can reach, where the path is short enough', async () => {
    const near = await start(join(parent, 'near'));
    expect(await ask(near.socketUrl, 'select inet_client_addr() as address')).toEqual([{ address: null }]);
    expect((await stat(near.dataFolder)).mode & 0o077).toBe(0);
    const far = await start(join(parent, 'far'.repeat(30)));
    expect(far.socketUrl).toBe(far.url);
  });

  it('refuses a wrong password and commits durably', async () => {
    const postgres = await start(join(parent, 'closed'));
    await expect(ask(postgres.url.replace(/:[0-9a-f]{48}@/, ':guess@'), 'select 1')).rejects.toThrow('password');
    expect(await ask(postgres.url, 'show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
    expect(await ask(postgres.url, 'show fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('refuses a home that a living Baton uses', async () => {
    const home = join(parent, 'used');
    await start(home);
    await expect(start(home)).rejects.toThrow('Another Baton');
  });

  it('says so when the server ends by itself', async () => {
    const postgres = await start(join(parent, 'ended'));
    const said = lines;
    const [pid] = (await readFile(join(postgres.dataFolder, 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGINT');
    while (!said.join().includes('ended by itself')) await new Promise((resolve) => setTimeout(resolve, 5));
    await postgres.stop();
  });

  it('shows the server’s own words when it does not start', async () => {
    await expect(start(join(parent, 'broken'), { shared_buffers: 'plenty' })).rejects.toThrow(
      'invalid value for parameter "shared_buffers"',
    );
  });

  it('starts where a stale pid file names a process that is no PostgreSQL', async () => {
    const home = join(parent, 'stale');
    const postgres = await start(home);
    await postgres.stop();
    await writeFile(join(postgres.dataFolder, 'postmaster.pid'), `${process.pid}\n${postgres.dataFolder}\n1\n5432\n`);
    const again = await start(home);
    expect(await ask(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts after an attempt that was killed halfway through its first preparation', async () => {
    const home = join(parent, 'halfway');
    await mkdir(join(home, 'postgres.draft'), { recursive: true });
    await writeFile(join(home, 'postgres.draft', 'PG_VERSION'), '18');
    const postgres = await start(home);
    expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('takes over from a run that was killed without a chance to clean up', async () => {
    const home = join(parent, 'orphan');
    const script = new URL('./start-and-be-killed.mjs', import.meta.url).pathname;
    const killed = spawnSync(process.execPath, [script, home], { encoding: 'utf8' });
    expect(killed.signal).toBe('SIGKILL');
    const after = await start(home);
    expect(lines.join()).toContain('Ending the PostgreSQL that an earlier run left behind');
    expect(await ask(after.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

// Only root runs the server as another user, which is what makes a folder out of reach.
if (process.getuid?.() === 0) {
  it('keeps its data where its own user can go, and says where, when the home is below a closed folder', async () => {
    const closed = join(parent, 'closed-home');
    await mkdir(closed, { mode: 0o700 });
    const postgres = await start(join(closed, 'baton'));
    folders.push(join(postgres.dataFolder, '..'));
    expect(postgres.dataFolder).toMatch(/^\/var\/tmp\/baton-0-/);
    expect(lines.join()).toContain(join(postgres.dataFolder, '..'));
    expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
}
