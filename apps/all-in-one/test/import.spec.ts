import { describeWith } from '@baton/testing/requirements';
import { runForTest, type TestRun } from '@baton/testing/run-service';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { services } from '../src/services.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const events = join(root, '../shared/data/bpi2012/events.csv.gz');
const baton = join(root, 'apps/cli/bin/baton.mjs');
const mapping = (name: string) => join(root, `examples/bpi2012/${name}.yaml`);
const applications = [
  { stage: 'lead', reached: 13087 },
  { stage: 'mql', reached: 7367 },
  { stage: 'sql', reached: 5113 },
  { stage: 'opportunity', reached: 5015 },
  { stage: 'customer', reached: 2246 },
];

interface Funnel {
  readonly groups: readonly { readonly stages: readonly { readonly stage: string; readonly reached: number }[] }[];
}

interface Speed {
  readonly groups: readonly {
    readonly leads: number;
    readonly touched: number;
    readonly medianSeconds: number;
    readonly tiers: readonly { readonly id: string; readonly share: number }[];
  }[];
}

describeWith(
  'the real lead queue',
  existsSync(events),
  'put the BPI Challenge 2012 events beside the checkout, in ../shared/data',
  () => {
    let folder: string;
    let run: TestRun;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'baton-import-'));
    });

    afterAll(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    it('gives the application funnel, and the same once more when imported again', async () => {
      run = await runForTest(services);
      try {
        const first = await importRows(run, events, 'applications');
        expect(first).toMatchObject({ rows: 262_200, rejected: 0, resumedAt: 0 });
        expect(await funnel(run)).toEqual(applications);
        const ends = await run.transport.endPositions(
          services.flatMap(({ publishes }) => publishes).filter(({ name }) => name.startsWith('lead.')),
        );
        await importRows(run, events, 'applications');
        expect(await funnel(run)).toEqual(applications);
        expect(
          await run.transport.endPositions(
            services.flatMap(({ publishes }) => publishes).filter(({ name }) => name.startsWith('lead.')),
          ),
        ).toEqual(ends);
      } finally {
        await run.stop();
      }
    }, 300_000);

    it('gives the same funnel with the rows in reverse, interrupted and resumed', async () => {
      const reversed = join(folder, 'reversed.csv');
      const [header, ...rows] = gunzipSync(await readFile(events))
        .toString()
        .trimEnd()
        .split('\n');
      await writeFile(reversed, `${[header, ...rows.reverse()].join('\n')}\n`);
      run = await runForTest(services);
      try {
        await interruptImport(run, reversed, 'applications');
        const resumed = await importRows(run, reversed, 'applications');
        expect(resumed.resumedAt).toBeGreaterThan(0);
        expect(resumed.rows).toBe(262_200);
        expect(await funnel(run)).toEqual(applications);
      } finally {
        await run.stop();
      }
    }, 300_000);

    it('times the queue of leads that waited for a person, and leaves imported history alone', async () => {
      const file = join(folder, 'events.csv.gz');
      await copyFile(events, file);
      run = await runForTest(services);
      try {
        await importRows(run, file, 'lead-queue');
        const speed = (await (await run.request('GET', '/api/reports/speed-to-lead')).json()) as Speed;
        const [all] = speed.groups;
        expect(all).toMatchObject({ leads: 4755, touched: 4755 });
        expect(all!.medianSeconds / 60).toBeCloseTo(42.45, 1);
        expect(all!.tiers.find(({ id }) => id === '5m')!.share).toBeCloseTo(0.183, 3);
        const breached = (await (await run.request('GET', '/api/leads?stage=nurture')).json()) as { items: unknown[] };
        expect(breached.items).toEqual([]);
      } finally {
        await run.stop();
      }
    }, 300_000);
  },
);

interface Summary {
  readonly rows: number;
  readonly resumedAt: number;
  readonly rejected: number;
}

async function importRows(run: TestRun, file: string, map: string): Promise<Summary> {
  const child = startImport(run, file, map);
  const said: Buffer[] = [];
  const failed: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => said.push(data));
  child.stderr.on('data', (data: Buffer) => failed.push(data));
  const [code] = (await once(child, 'close')) as [number];
  expect({ code, failed: Buffer.concat(failed).toString() }).toMatchObject({ code: 0 });
  await run.settled();
  return JSON.parse(Buffer.concat(said).toString()) as Summary;
}

/** Kills an import as soon as it has said how far it has come. */
async function interruptImport(run: TestRun, file: string, map: string): Promise<void> {
  const child = startImport(run, file, map);
  const ended = once(child, 'close');
  const watcher = watch(join(file, '..'), (_event, name) => {
    if (name?.endsWith('.import.json')) child.kill('SIGKILL');
  });
  await ended;
  watcher.close();
  expect(child.signalCode).toBe('SIGKILL');
}

function startImport(run: TestRun, file: string, map: string) {
  const env = { PATH: process.env['PATH'] ?? '', BATON_URL: run.url, BATON_ADMIN_TOKEN: run.settings.adminToken };
  return spawn(process.execPath, [baton, 'import', file, '--map', mapping(map), '--json'], {
    env,
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function funnel(run: TestRun): Promise<{ stage: string; reached: number }[]> {
  const report = (await (await run.request('GET', '/api/reports/funnel')).json()) as Funnel;
  return report.groups[0]!.stages.map(({ stage, reached }) => ({ stage, reached }));
}
