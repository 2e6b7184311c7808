import { type EmbeddedPostgres, startEmbeddedPostgres } from '@baton/persistence/embedded-postgres';
import type { Log } from '@baton/persistence/log';
import { openDatabase } from '@baton/persistence/open-database';
import { type Relay, openRelay, throughRelay } from '@baton/testing/relay';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { counting, noting } from './toy-services.js';

const log: Log = { info: () => {}, warn: () => {}, error: () => {} };
const portOf = (url: string) => Number(new URL(url).port);
/** What only the database can tell. */
const ofTheDatabase = ['baton_dead_letters{', 'baton_consumer_lag{'];

describe('the metrics of a process whose database', () => {
  let home: string;
  let postgres: EmbeddedPostgres;
  let relay: Relay;
  let run: TestRun;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'baton-metrics-'));
    await chmod(home, 0o755);
    postgres = await startEmbeddedPostgres({ home, log });
    relay = await openRelay(portOf(postgres.url));
    run = await runForTest([noting, counting], {
      settings: { databaseUrl: throughRelay(postgres.url, relay), logLevel: 'silent' },
    });
  }, 120_000);
  afterAll(async () => {
    await run.stop();
    await relay.cut();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }, 60_000);

  async function metrics(): Promise<{ status: number; text: string }> {
    const answer = await run.request('GET', '/metrics');
    return { status: answer.status, text: await answer.text() };
  }

  /** Asks again until they say that the database is up, or down. */
  async function metricsOnceDatabaseUpIs(up: 0 | 1): Promise<string> {
    for (const deadline = Date.now() + 30_000; ; await delay(20)) {
      const { status, text } = await metrics();
      expect(status).toBe(200);
      if (text.includes(`\nbaton_database_up ${up}\n`)) return text;
      if (Date.now() > deadline) throw new Error(`baton_database_up did not become ${up}:\n${text}`);
    }
  }

  const present = (text: string, names: readonly string[]) => names.filter((name) => text.includes(`\n${name}`));

  it('is stopped are told all the same, without what only the database can tell, and with it again afterwards', async () => {
    expect((await run.request('GET', '/api/toys/kim')).status).toBe(200);
    expect(present(await metricsOnceDatabaseUpIs(1), ofTheDatabase)).toEqual(ofTheDatabase);
    await postgres.stop();
    const without = await metricsOnceDatabaseUpIs(0);
    expect(present(without, ofTheDatabase)).toEqual([]);
    expect(without).toContain('\nbaton_http_request_duration_seconds_count{');
    postgres = await startEmbeddedPostgres({ home, log });
    await relay.cut();
    await relay.restore(portOf(postgres.url));
    expect(present(await metricsOnceDatabaseUpIs(1), ofTheDatabase)).toEqual(ofTheDatabase);
  }, 120_000);

  it('answers late are not waited for beyond three seconds, and lack only what is late', async () => {
    const locker = await openDatabase({ url: postgres.url, schema: 'ingest', poolSize: 1 });
    await locker.transaction(async (sql) => {
      await sql.query('lock table dead_letters in access exclusive mode');
      for (let reading = 0; reading < 2; reading += 1) {
        const asked = performance.now();
        const { status, text } = await metrics();
        expect(status).toBe(200);
        expect(performance.now() - asked).toBeLessThan(8_000);
        expect(present(text, ['baton_database_up 1', ...ofTheDatabase])).toEqual([
          'baton_database_up 1',
          'baton_consumer_lag{',
        ]);
      }
    });
    await locker.close();
    expect(present((await metrics()).text, ofTheDatabase)).toEqual(ofTheDatabase);
  }, 60_000);
});
