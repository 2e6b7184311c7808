import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const baton = fileURLToPath(new URL('../bin/baton.mjs', import.meta.url));
const starter = fileURLToPath(new URL('../../../libs/domain/presets/starter.yaml', import.meta.url));

describe('baton on the command line', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-cli-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function run(...parameters: string[]): Promise<{ code: number; out: string; err: string }> {
    const child = spawn(process.execPath, [baton, ...parameters], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', BATON_URL: 'http://127.0.0.1:1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => err.push(data));
    const [code] = (await once(child, 'close')) as [number];
    return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
  }

  async function file(name: string, content: string): Promise<string> {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  }

  it.each([
    'start',
    'demo',
    'import',
    'doctor',
    'playbook check',
    'playbook test',
    'dead-letters list',
    'dead-letters show',
    'dead-letters replay',
    'replay',
  ])('helps with %s, by an example', async (command) => {
    const { code, out } = await run(...command.split(' '), '--help');
    expect(code).toBe(0);
    expect(out).toContain(`Example:\n  $ npx baton ${command}`);
  });

  it('finds nothing wrong with the starter playbook and runs its examples', async () => {
    expect(await run('playbook', 'check', starter)).toMatchObject({ code: 0, err: '' });
    const tested = await run('playbook', 'test', starter);
    expect(tested.code).toBe(0);
    expect(tested.out).toMatch(/All \d+ examples pass/);
  });

  it('names each fault of a playbook with line and column, and exits with 1', async () => {
    const source = (await readFile(starter, 'utf8')).replace('score.engagement < 10', 'score.engagment < 10');
    const faulty = await file('faulty.yaml', source);
    const { code, out } = await run('playbook', 'check', faulty);
    const line = source.split('\n').findIndex((text) => text.includes('score.engagment')) + 1;
    expect(code).toBe(1);
    expect(out).toContain(`faulty.yaml:${line}:`);
    expect(out).toContain('engagement');
  });

  it('shows how a failing example differs, and exits with 1', async () => {
    const source = (await readFile(starter, 'utf8')).replace(
      'expect: { stage: lead, fit: 60',
      'expect: { stage: lead, fit: 61',
    );
    const { code, out } = await run('playbook', 'test', await file('failing.yaml', source));
    expect(code).toBe(1);
    expect(out).toMatch(/✗ A demo request alone.*\n\s+fit\n\s+expected 61\n\s+actual {3}60/);
  });

  it('checks the teams of a playbook against a roster', async () => {
    const roster = await file(
      'roster.yaml',
      'calendars: { always: { zone: UTC, hours: { mon-sun: ["00:00-24:00"] } } }\n' +
        'teams: [ { id: outbound, name: Outbound, calendar: always, members: [ana], manager: ana, ownerOfLastResort: ana } ]\n' +
        'reps: [ { id: ana, name: Ana, email: ana@example.com } ]\n',
    );
    const { code, out } = await run('playbook', 'check', starter, '--roster', roster);
    expect(code).toBe(1);
    expect(out).toContain('inbound');
  });

  it('reads and maps a file without sending it, and lists what was rejected with line numbers', async () => {
    const rows = await file('rows.csv', 'id,at\n1,2026-01-01T00:00:00Z\n,2026-01-01T00:00:00Z\n3,never\n');
    const mapping = await file(
      'mapping.yaml',
      'source: rows\nperson: row.id\nat: row.at\nrows: [ { identify: {} } ]\n',
    );
    const { code, out } = await run('import', rows, '--map', mapping, '--dry-run', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ rows: 3, items: 1, rejected: 2 });
    const rejected = (await readFile(join(folder, 'rows.csv.rejected.jsonl'), 'utf8')).trim().split('\n');
    expect(rejected.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual([3, 4]);
  });

  it('takes only the earliest row of a person where a mapping says once', async () => {
    const rows = await file(
      'once.csv',
      'id,at\n1,2026-01-02T00:00:00Z\n1,2026-01-01T00:00:00Z\n2,2026-01-03T00:00:00Z\n',
    );
    const mapping = await file(
      'once.yaml',
      'source: rows\nperson: row.id\nat: row.at\nrows: [ { identify: {}, once: true } ]\n',
    );
    const { out } = await run('import', rows, '--map', mapping, '--dry-run', '--json');
    expect(JSON.parse(out)).toMatchObject({ rows: 3, items: 2, rejected: 0 });
  });

  it('names a column that the file does not have', async () => {
    const rows = await file('columns.csv', 'id,at\n1,2026-01-01T00:00:00Z\n');
    const mapping = await file(
      'columns.yaml',
      'source: rows\nperson: row.person\nat: row.at\nrows: [ { identify: {} } ]\n',
    );
    const { code, err } = await run('import', rows, '--map', mapping, '--dry-run');
    expect(code).toBe(1);
    expect(err).toContain('reads the column person');
  });

  it('says what to do when no instance runs, and exits with 2 on wrong use', async () => {
    const absent = await run('doctor');
    expect(absent.code).toBe(1);
    expect(absent.err).toContain('start Baton here first');
    expect((await run('import')).code).toBe(2);
    expect((await run('dance')).code).toBe(2);
  });
});
